"""Users who are made while the server runs, and phones that are theirs by a token."""
import base64
import json
import time
from datetime import timedelta

import isodate
from azure.communication.callautomation import CommunicationUserIdentifier
from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope
from steps import equal, refused

VOIP = CommunicationTokenScope.VOIP


def client_of(w):
    return CommunicationIdentityClient.from_connection_string(w.options["connectionString"], retry_total=0)


def expires(token):
    """The end of a token in Unix seconds: this SDK hands on the text of the response."""
    return isodate.parse_datetime(token.expires_on).timestamp()


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def enters(w, user, token, outcome):
    """Lets somebody enter the guest's phone, and waits for what comes of the registration."""
    guest = w.phones["guest"]
    registered = guest.mark(outcome)
    guest.enter(user.properties["id"].split("_")[1], token)
    registered()


def made_and_deleted(w):
    client = client_of(w)
    plain = client.create_user()
    assert plain.properties["id"].startswith(f"8:acs:{w.options['resourceId']}_"), plain.properties
    user, token = client.create_user_and_token([VOIP, CommunicationTokenScope.CHAT], token_expires_in=timedelta(minutes=60))
    assert 3000 < expires(token) - time.time() < 4200, token.expires_on
    issued = client.get_token(plain, [CommunicationTokenScope.VOIP_JOIN])
    assert 80_000 < expires(issued) - time.time() < 90_000, issued.expires_on
    client.delete_user(user)
    client.delete_user(user)
    with refused(404):
        client.get_token(user, [VOIP])


def credential(w):
    user, token = client_of(w).create_user_and_token([VOIP], token_expires_in=timedelta(minutes=60))
    said = claims(token.token)
    equal("8:" + said["skypeid"], user.properties["id"])
    equal((said["resourceId"], said["acsScope"]), (w.options["resourceId"], "voip"))
    equal(said["exp"], expires(token))


def called(w):
    user, token = client_of(w).create_user_and_token([VOIP])
    enters(w, user, token.token, "REGISTER_OK")
    talking = w.phones["guest"].mark("CALL_ESTABLISHED")
    call = w.connected(CommunicationUserIdentifier(user.properties["id"]))
    talking()
    call.hang_up()


def revoked(w):
    client = client_of(w)
    user, token = client.create_user_and_token([VOIP])
    client.revoke_tokens(user)
    enters(w, user, token.token, "REGISTER_FAIL")
    enters(w, user, client.get_token(user, [VOIP]).token, "REGISTER_OK")
    client.revoke_tokens(user)
    closed = w.phones["guest"].mark("CALL_CLOSED")
    w.phones["guest"].dial(w.options["ourUri"])
    seen = closed()
    assert "401" in seen, seen


def wrong(w):
    client = client_of(w)
    user = client.create_user()
    with refused(400, "scopes"):
        client.get_token(user, ["fax"])
    with refused(400, "createTokenWithScopes"):
        client.create_user_and_token(["fax"])
    with refused(400, "expiresInMinutes"):
        client.get_token(user, [VOIP], token_expires_in=timedelta(minutes=59))
    with refused(400, "id"):
        client.revoke_tokens(CommunicationUserIdentifier("8:acs:somebody"))
    with refused(405, "Teams"):
        client.get_token_for_teams_user("t", "c", "u")


SCENARIOS = [
    ("a user is made with a token, and is gone once deleted", made_and_deleted),
    ("a token's credential knows its claims", credential),
    ("a phone registers with a token and is called", called),
    ("a revoked token registers no phone and places no call", revoked),
    ("what is wrong in a wish for a token is named", wrong),
]

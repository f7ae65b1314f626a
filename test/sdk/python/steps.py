"""The steps that scenarios share."""
import time
from contextlib import contextmanager
from dataclasses import dataclass

from application import Application, Callback
from azure.communication.callautomation import (
    CallConnectionClient,
    CallConnectionProperties,
    CommunicationUserIdentifier,
    PhoneNumberIdentifier,
)
from azure.core.exceptions import HttpResponseError
from news import PATIENCE

OURS = "+14255550100"


def number(e164):
    return PhoneNumberIdentifier(e164)


@dataclass
class Call:
    """A call that an application placed or answered, and where it is told about it."""

    callback: Callback
    properties: CallConnectionProperties
    connection: CallConnectionClient

    def hang_up(self):
        self.connection.hang_up(True)
        self.callback.next("CallDisconnected")


@dataclass
class World:
    """An application, phones, and what the test that started them says."""

    app: Application
    phones: dict
    options: dict

    def user(self, name):
        return CommunicationUserIdentifier(self.options["users"][name])

    def call(self, target, **options):
        """Places a call to somebody, or to several."""
        callback = self.app.callback()
        properties = self.app.client.create_call(target, callback.url, source_caller_id_number=number(OURS), **options)
        return self.made(callback, properties)

    def connected(self, target, **options):
        """Places a call that is answered."""
        call = self.call(target, **options)
        call.callback.next("CallConnected")
        return call

    def made(self, callback, properties):
        return Call(callback, properties, self.app.client.get_call_connection(properties.call_connection_id))


def equal(got, want):
    assert got == want, f"got {got}, want {want}"


def result(event):
    """The code and subcode of an event's data."""
    information = event["resultInformation"]
    return information["code"], information["subCode"]


def once_established(ask):
    """Asks again until the call is established, which its phones know a little before the server, and returns the answer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except HttpResponseError as refusal:
            if not refusal.error or refusal.error.code != "8501" or time.monotonic() > end:
                raise
        time.sleep(0.05)


@contextmanager
def refused(status, says=""):
    """Expects that the server refuses with one of the statuses, and in words that hold what is given."""
    statuses = [status] if isinstance(status, int) else status
    try:
        yield
    except HttpResponseError as refusal:
        assert refusal.status_code in statuses, f"refused with {refusal.status_code}: {refusal.message}"
        told = f"{refusal.error and refusal.error.code} {refusal.message}"
        assert says.lower() in told.lower(), f"refused with {told}"
        return
    raise AssertionError("it was not refused")


CLIENTS_FAULT = range(400, 500)

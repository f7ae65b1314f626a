"""Calls a number of the lab with a connection string as it was printed, and says how the call stands.

    create_call.py CONNECTION_STRING CALLBACK_URL NUMBER CALLER_NUMBER
"""
import sys

from azure.communication.callautomation import CallAutomationClient, PhoneNumberIdentifier

connection_string, callback_url, number, caller_number = sys.argv[1:]
client = CallAutomationClient.from_connection_string(connection_string)
call = client.create_call(
    PhoneNumberIdentifier(number),
    callback_url,
    source_caller_id_number=PhoneNumberIdentifier(caller_number),
    operation_context="from Python",
)
print(call.call_connection_id)
connection = client.get_call_connection(call.call_connection_id)
assert connection.get_call_properties().call_connection_id == call.call_connection_id

import com.azure.communication.callautomation.CallConnection;
import com.azure.communication.callautomation.CallMedia;
import com.azure.communication.callautomation.models.CallResult;
import com.azure.communication.callautomation.models.events.CallDisconnected;

/** A call that an application placed or answered, and where it is told about it. */
record Placed(Callback callback, CallResult result) {
    CallConnection connection() {
        return result.getCallConnection();
    }

    CallMedia media() {
        return connection().getCallMedia();
    }

    void hangUp() throws InterruptedException {
        connection().hangUp(true);
        callback.next(CallDisconnected.class);
    }
}

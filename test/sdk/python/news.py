"""What other threads brought, and waiting for it."""
import threading
import time

PATIENCE = 40  # seconds: a safety net on a busy machine, and no expectation about speed


class News(threading.Condition):
    """It is changed while this is held."""

    def until(self, found, what):
        """Waits until found() is true, and returns what it is. what may be a function."""
        end = time.monotonic() + PATIENCE
        with self:
            while not (it := found()):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"waited in vain for {what() if callable(what) else what}")
                self.wait(left)
            return it

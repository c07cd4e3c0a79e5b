// Durations as the milliseconds that C takes.
package io.github.milvusclient;

import java.time.Duration;

/** C's 0 and -1 have names here, so that no computed duration means them by accident. */
final class Timeouts {
    private Timeouts() {
    }

    /**
     * Rounds up to whole milliseconds.
     *
     * @throws IllegalArgumentException if it is zero or negative
     */
    static long millis(Duration timeout) {
        if (timeout.equals(MilvusClient.DEFAULT_TIMEOUT)) {
            return 0;
        }
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("the timeout " + timeout + " is not above zero");
        }
        if (timeout.getSeconds() >= Long.MAX_VALUE / 1000) {
            return Library.NO_TIMEOUT;
        }
        return timeout.plusNanos(999_999).toMillis();
    }

    /** Of a parameter, of which zero is the default; what is negative or too long stays so, and C refuses that. */
    static long wholeMillis(Duration duration) {
        if (duration.isNegative()) {
            return -1;
        }
        return duration.getSeconds() >= Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : duration.plusNanos(999_999).toMillis();
    }
}

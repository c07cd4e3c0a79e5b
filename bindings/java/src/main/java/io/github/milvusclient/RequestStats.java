// The requests of one kind that were sent, by how they ended, and how long the server took to answer (ok and refused): half, nine tenths and 99 hundredths took no longer than this.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * The requests of one kind that were sent, by how they ended, and how long the server took to answer (ok and refused):
 * half, nine tenths and 99 hundredths took no longer than this. A percentile is never too small and at most an eighth
 * too large; all are 0 while nothing was answered.
 *
 * @param ok         the server answered
 * @param refused    the server answered with an error
 * @param lost       the connection ended before the answer
 * @param timedOut   the time for the request was over before the answer
 * @param cancelled  the operation was cancelled, or its client closed, before the answer
 * @param p50Us      microseconds that half of the answers took at most
 * @param p90Us      microseconds that nine tenths of the answers took at most
 * @param p99Us      microseconds that 99 hundredths of the answers took at most
 * @param maxUs      microseconds of the slowest answer, exactly
 */
public record RequestStats(long ok, long refused, long lost, long timedOut, long cancelled, long p50Us, long p90Us,
                           long p99Us, long maxUs) {
    static RequestStats of(Structs.RequestStats c) {
        return new RequestStats(c.ok, c.refused, c.lost, c.timedOut, c.cancelled, c.p50Us, c.p90Us, c.p99Us, c.maxUs);
    }
}

// What a client has done so far, and does now.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What a client has done so far, and does now.
 *
 * @param connectionsMade     connections that were made
 * @param connectionsFailed   attempts to connect that failed
 * @param connectionsLost     connections that ended although nobody had closed the client
 * @param retries             how often a call was tried again after a pause
 * @param resends             requests that were sent again because the server proved that it had not processed them
 * @param polls               how often waits asked about their jobs
 * @param bytesSent           bytes of the messages that were sent: without headers and pings
 * @param bytesReceived       the same of those received
 * @param operationsInFlight  operations that run now, and callbacks that run or are due
 * @param requestsInFlight    requests that wait for an answer or for their turn now
 * @param jobsFollowed        jobs that waits follow now
 * @param handshakes          the requests Connect, and GetVersion where Connect does not tell the version: for each
 *                            connection
 * @param triggers            ManualCompaction and Flush: what starts work on the server
 * @param states              GetCompactionState
 * @param plans               GetCompactionStateWithPlans
 * @param segments            GetPersistentSegmentInfo and GetQuerySegmentInfo
 * @param others              every other request
 */
public record Stats(long connectionsMade, long connectionsFailed, long connectionsLost, long retries, long resends,
                    long polls, long bytesSent, long bytesReceived, long operationsInFlight, long requestsInFlight,
                    long jobsFollowed, RequestStats handshakes, RequestStats triggers, RequestStats states,
                    RequestStats plans, RequestStats segments, RequestStats others) {
    static Stats of(Structs.Stats c) {
        return new Stats(c.connectionsMade, c.connectionsFailed, c.connectionsLost, c.retries, c.resends, c.polls,
            c.bytesSent, c.bytesReceived, c.operationsInFlight, c.requestsInFlight, c.jobsFollowed,
            RequestStats.of(c.handshakes), RequestStats.of(c.triggers), RequestStats.of(c.states),
            RequestStats.of(c.plans), RequestStats.of(c.segments), RequestStats.of(c.others));
    }
}

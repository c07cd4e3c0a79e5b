// What identifies operations, what a client counts, and the callback for the state of connections.
#include <pthread.h>

#include "support.h"

static void a_thread_names_its_operations(milvus_client *client)
{
    int64_t job;

    CHECK(strcmp(milvus_last_error()->request_id, "") == 0); // nothing has failed
    CHECK(milvus_thread_set_request_id("order-4711") == MILVUS_OK);
    CHECK(milvus_thread_set_metadata("traceparent", "00-1-2-01") == MILVUS_OK);
    CHECK(milvus_compact(client, "missing", 0, 5000, &job) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(strcmp(milvus_last_error()->request_id, "order-4711") == 0);
    CHECK(strcmp(tell_fake("header describe client-request-id"), "order-4711") == 0);
    CHECK(strcmp(tell_fake("header describe traceparent"), "00-1-2-01") == 0);
    CHECK(milvus_thread_set_request_id(NULL) == MILVUS_OK);
    CHECK(milvus_thread_set_metadata("traceparent", NULL) == MILVUS_OK);
    CHECK(milvus_compact(client, "missing", 0, 5000, &job) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(strlen(milvus_last_error()->request_id) == 16);
    CHECK(strcmp(tell_fake("header describe client-request-id"), milvus_last_error()->request_id) == 0);
    CHECK(strcmp(tell_fake("header describe traceparent"), "none") == 0);
}

static void *take_elsewhere(void *future)
{
    CHECK(milvus_thread_set_request_id("not-this") == MILVUS_OK);
    CHECK(milvus_future_wait((milvus_future *)future, 10000) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(strcmp(milvus_last_error()->request_id, "async-1") == 0);
    return NULL;
}

// What counts is the thread that starts it, whoever waits for it.
static void an_asynchronous_operation_keeps_what_it_began_with(milvus_client *client)
{
    milvus_future *future;
    pthread_t thread;

    CHECK(milvus_thread_set_request_id("async-1") == MILVUS_OK);
    CHECK(milvus_compact_async(client, "missing", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_thread_set_request_id(NULL) == MILVUS_OK);
    CHECK(pthread_create(&thread, NULL, take_elsewhere, future) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(strcmp(milvus_future_error(future)->request_id, "async-1") == 0);
    CHECK(strcmp(tell_fake("header describe client-request-id"), "async-1") == 0);
    milvus_future_free(future);
}

static void what_cannot_be_sent_is_refused(void)
{
    CHECK(milvus_thread_set_request_id("") == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_thread_set_request_id("two words") == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_thread_set_metadata(NULL, "x") == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_thread_set_metadata("authorization", "x") == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "reserved") != NULL);
    CHECK(strcmp(milvus_last_error()->request_id, "") == 0);
    CHECK(milvus_thread_set_metadata("x-key", "secret\n") == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "secret") == NULL);
    CHECK(milvus_thread_set_metadata("never-set", NULL) == MILVUS_OK);
}

static void a_client_says_who_it_is(const char *uri)
{
    milvus_options *options = milvus_options_new();
    milvus_client *client = NULL;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;

    CHECK(milvus_options_set(options, "user_agent", "nightly/1.0") == MILVUS_OK);
    CHECK(milvus_options_set(options, "metadata.x-tenant", "sales") == MILVUS_OK);
    CHECK(milvus_options_set(options, "metadata.te", "x") == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_client_new_with(uri, options, &client) == MILVUS_OK);
    milvus_options_free(options);
    CHECK(milvus_compaction_state(client, 1, 5000, &info) == MILVUS_OK);
    CHECK(strncmp(tell_fake("header state user-agent"), "nightly/1.0 milvus-client-c/", 28) == 0);
    CHECK(strcmp(tell_fake("header state x-tenant"), "sales") == 0);
    milvus_client_free(client);
}

static void a_client_counts_what_it_does(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_stats stats = MILVUS_STATS_INIT;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    int i;

    CHECK(milvus_client_stats(client, &stats) == MILVUS_OK);
    CHECK(stats.size == sizeof stats && stats.connections_made == 0 && stats.states.ok == 0);
    for (i = 0; i < 3; i++)
        CHECK(milvus_compaction_state(client, 1, 5000, &info) == MILVUS_OK);
    tell_fake("fail state refuse 5 no");
    CHECK(milvus_compaction_state(client, 1, 5000, &info) != MILVUS_OK);
    CHECK(milvus_client_stats(client, &stats) == MILVUS_OK);
    CHECK(stats.states.ok == 3 && stats.states.refused == 1 && stats.states.lost == 0);
    CHECK(stats.states.p50_us > 0 && stats.states.p50_us <= stats.states.p99_us);
    CHECK(stats.states.p99_us <= stats.states.max_us);
    CHECK(stats.handshakes.ok >= 1 && stats.triggers.ok == 0 && stats.triggers.max_us == 0);
    CHECK(stats.connections_made == 1 && stats.connections_lost == 0 && stats.bytes_sent > 0);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    CHECK(milvus_client_stats(client, &stats) == MILVUS_OK && stats.operations_in_flight == 0);
    CHECK(milvus_client_stats(client, NULL) == MILVUS_INVALID_ARGUMENT);
    stats.size = 0;
    CHECK(milvus_client_stats(client, &stats) == MILVUS_INVALID_ARGUMENT);
    milvus_client_free(client);
    stats.size = sizeof stats;
    CHECK(milvus_client_stats(client, &stats) == MILVUS_INVALID_HANDLE);
}

struct seen {
    pthread_mutex_t mutex;
    int32_t states[16];
    int count;
    milvus_client *client;
};

static void on_connection(int32_t state, const char *address, const char *reason, void *user_data)
{
    struct seen *seen = (struct seen *)user_data;
    milvus_stats stats = MILVUS_STATS_INIT;

    CHECK(strncmp(address, "127.0.0.1:", 10) == 0);
    CHECK((reason[0] == '\0') == (state == MILVUS_CONNECTION_CONNECTING || state == MILVUS_CONNECTION_READY));
    CHECK(milvus_client_stats(seen->client, &stats) == MILVUS_OK); // it may call the library
    pthread_mutex_lock(&seen->mutex);
    if (seen->count < 16)
        seen->states[seen->count++] = state;
    pthread_mutex_unlock(&seen->mutex);
    if (state == MILVUS_CONNECTION_LOST) // and turn itself off
        CHECK(milvus_set_connection_callback(NULL, NULL) == MILVUS_OK);
}

static int seen_so_far(struct seen *seen)
{
    int count;

    pthread_mutex_lock(&seen->mutex);
    count = seen->count;
    pthread_mutex_unlock(&seen->mutex);
    return count;
}

static void the_state_of_a_connection_is_told(const char *uri)
{
    struct seen seen = {PTHREAD_MUTEX_INITIALIZER, {0}, 0, NULL};
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    int i;

    seen.client = new_client(uri);
    CHECK(milvus_set_connection_callback(on_connection, &seen) == MILVUS_OK);
    CHECK(milvus_compaction_state(seen.client, 1, 5000, &info) == MILVUS_OK);
    for (i = 0; i < 3000 && seen_so_far(&seen) < 2; i++)
        usleep(10000);
    tell_fake("fail state cut");
    CHECK(milvus_compaction_state(seen.client, 1, 5000, &info) == MILVUS_OK);
    for (i = 0; i < 3000 && seen_so_far(&seen) < 3; i++)
        usleep(10000);
    CHECK(milvus_set_connection_callback(NULL, NULL) == MILVUS_OK); // it does not run any more
    CHECK(seen.count == 3);
    CHECK(seen.states[0] == MILVUS_CONNECTION_CONNECTING && seen.states[1] == MILVUS_CONNECTION_READY);
    CHECK(seen.states[2] == MILVUS_CONNECTION_LOST);
    CHECK(strcmp(milvus_connection_state_name(MILVUS_CONNECTION_LOST), "lost") == 0);
    CHECK(strcmp(milvus_connection_state_name(77), "unknown connection state") == 0);
    milvus_client_free(seen.client);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    a_thread_names_its_operations(client);
    an_asynchronous_operation_keeps_what_it_began_with(client);
    what_cannot_be_sent_is_refused();
    a_client_says_who_it_is(uri);
    a_client_counts_what_it_does(uri);
    the_state_of_a_connection_is_told(uri);
    milvus_client_free(client);
    stop_fake();
    return finish();
}

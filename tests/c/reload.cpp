// A plugin that is loaded, used, unloaded and loaded again. Not linked with the library: argv[2] is its file.
#include <dlfcn.h>
#include <pthread.h>

#include "support.h"

#define FIND(name) *(void **)(&name##_) = dlsym(library, #name)

static milvus_status (*milvus_client_new_)(const char *, const char *, milvus_client **);
static milvus_status (*milvus_compaction_wait_async_)(milvus_client *, int64_t, int64_t, milvus_future **);
static milvus_status (*milvus_future_set_callback_)(milvus_future *, milvus_future_callback, void *,
                                                    milvus_destructor);
static milvus_status (*milvus_future_wait_)(milvus_future *, int64_t);
static milvus_status (*milvus_client_close_)(milvus_client *, int64_t);
static void (*milvus_client_free_)(milvus_client *);
static const char *(*milvus_last_error_message_)(void);

// For CHECK, as this program is not linked with the library.
extern "C" const char *milvus_last_error_message(void)
{
    return milvus_last_error_message_ == NULL ? "" : milvus_last_error_message_();
}

static int called;

extern "C" {
static void on_end(milvus_future *, milvus_status, void *)
{
    called++;
}
}

static void load_and_use(const char *file, const char *uri)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    milvus_client *client = NULL;
    milvus_future *future = NULL;

    if (library == NULL)
        printf("%s\n", dlerror());
    CHECK(library != NULL);
    FIND(milvus_client_new);
    FIND(milvus_compaction_wait_async);
    FIND(milvus_future_set_callback);
    FIND(milvus_future_wait);
    FIND(milvus_client_close);
    FIND(milvus_client_free);
    FIND(milvus_last_error_message);
    CHECK(milvus_client_new_(uri, NULL, &client) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async_(client, 123456, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback_(future, on_end, NULL, NULL) == MILVUS_OK);
    CHECK(milvus_future_wait_(future, 5000) == MILVUS_OUTCOME_UNKNOWN);
    CHECK(milvus_client_close_(client, 5000) == MILVUS_OK);
    // The client, the future and the library's threads are left behind.
    CHECK(dlclose(library) == 0);
}

int main(int argc, char **argv)
{
    const char *uri;
    int descriptors, round;

    CHECK(argc == 3);
    uri = start_fake(argv[1], "v2.6.8");
    load_and_use(argv[2], uri);
    descriptors = entries("/proc/self/fd");
    CHECK(library_threads() == 2);
    for (round = 1; round < 20; round++)
        load_and_use(argv[2], uri);
    // One library, however often it is loaded; the connection of the last round may be on its way out.
    for (round = 0; round < 500 && entries("/proc/self/fd") > descriptors; round++)
        usleep(10000);
    CHECK(library_threads() == 2 && entries("/proc/self/fd") <= descriptors);
    CHECK(called == 20);
    stop_fake();
    return finish();
}

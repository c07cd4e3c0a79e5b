// Connects with options, e.g. over TLS, tells what the server is, and compacts a collection.
//
//     options URI COLLECTION [KEY=VALUE...]
//     options https://milvus.example:19530 products token=root:Milvus tls.ca_file=ca.pem database=sales
//     options                             lists every option
//
// Exit status: 0 compacted or nothing to do, 1 it was not, 2 wrong usage.
#include <stdio.h>
#include <string.h>

#include <milvus_client.h>

#define TRIGGER_TIMEOUT_MS 30000
#define WAIT_TIMEOUT_MS (60 * 60 * 1000)

static void list_options(void)
{
    size_t i;

    for (i = 0; i < milvus_option_count(); i++) {
        milvus_option_info info = MILVUS_OPTION_INFO_INIT;

        if (milvus_option_get(i, &info) == MILVUS_OK)
            printf("%-22s %s%s%s%s\n", info.key, info.help, info.default_value[0] ? " (" : "", info.default_value,
                   info.default_value[0] ? ")" : "");
    }
}

// Sets an option from "key=value". An unknown key's message lists those that are known.
static milvus_status set(milvus_options *options, const char *word)
{
    char key[64];
    const char *equals = strchr(word, '=');

    if (equals == NULL || (size_t)(equals - word) >= sizeof key)
        return milvus_options_set(options, word, "");
    memcpy(key, word, (size_t)(equals - word));
    key[equals - word] = '\0';
    return milvus_options_set(options, key, equals + 1);
}

static milvus_status compact(milvus_client *client, const char *collection)
{
    milvus_server_info server = MILVUS_SERVER_INFO_INIT;
    milvus_status status = milvus_client_server_info(client, TRIGGER_TIMEOUT_MS, &server);
    int64_t job;

    if (status != MILVUS_OK)
        return status;
    printf("connected to Milvus %s\n", server.version[0] ? server.version : "of an unknown version");
    status = milvus_compact(client, collection, 0, TRIGGER_TIMEOUT_MS, &job);
    return status == MILVUS_OK ? milvus_compaction_wait(client, job, WAIT_TIMEOUT_MS, NULL) : status;
}

int main(int argc, char **argv)
{
    milvus_options *options;
    milvus_client *client = NULL;
    milvus_status status = MILVUS_OK;
    int i;

    if (argc < 3) {
        list_options();
        return 2;
    }
    options = milvus_options_new();
    for (i = 3; i < argc && status == MILVUS_OK; i++)
        status = set(options, argv[i]);
    // Reads the files that the options name; connects later.
    if (status == MILVUS_OK)
        status = milvus_client_new_with(argv[1], options, &client);
    milvus_options_free(options); // the client has its own copy
    if (status == MILVUS_OK)
        status = compact(client, argv[2]);

    puts(status == MILVUS_OK ? "compacted, or nothing to do" : milvus_last_error_message());
    milvus_client_free(client);
    return status != MILVUS_OK;
}

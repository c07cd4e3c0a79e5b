// A token is gone from the process's memory once it is replaced, or its client and options are freed.
#include "support.h"

// Kept scrambled, so that this program's own memory does not hold what it looks for.
static const char scrambled[] = "txjxjhwjy2ynqq2ns2fnw";
// The form in which it is sent, base64.
static const char scrambled_base64[] = "g8Sqh7[ohr[5Q]WugL|yf\\9y^\\q~";

static void unscramble(char *text)
{
    size_t i;

    for (i = 0; scrambled[i] != '\0'; i++)
        text[i] = (char)(scrambled[i] - 5);
    text[i] = '\0';
}

// How often the secret stands in writable memory other than this function's own stack frame.
static int copies_in_memory(const char *wanted)
{
    size_t wanted_length = strlen(wanted);
    FILE *maps = fopen("/proc/self/maps", "r"), *memory = fopen("/proc/self/mem", "r");
    char line[512];
    int copies = 0;

    CHECK(maps != NULL && memory != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char rights[8];

        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' ||
            strstr(line, "[stack]") != NULL || to - from > (64UL << 20))
            continue;
        {
            size_t length = to - from, i, j;
            char *copy = (char *)malloc(length);

            if (fseek(memory, (long)from, SEEK_SET) == 0 && fread(copy, 1, length, memory) == length)
                for (i = 0; i + wanted_length <= length; i++) {
                    for (j = 0; j < wanted_length && copy[i + j] == wanted[j] - 5; j++)
                        ;
                    copies += j == wanted_length;
                }
            memset(copy, 0, length);
            free(copy);
        }
    }
    fclose(maps);
    fclose(memory);
    return copies;
}

// The server plays a proxy that refuses. "ab:" keeps the password's base64 apart.
static void the_password_of_a_proxy(const char *server, char *secret)
{
    milvus_client *client = NULL;
    milvus_options *options = milvus_options_new();
    char proxy[128];
    size_t length;

    unscramble(secret);
    snprintf(proxy, sizeof proxy, "http://ab:%s@%s", secret, server + strlen("http://"));
    CHECK(milvus_options_set(options, "proxy", proxy) == MILVUS_OK);
    memset(secret, 0, sizeof scrambled);
    memset(proxy, 0, sizeof proxy);
    CHECK(milvus_client_new_with("http://milvus.invalid", options, &client) == MILVUS_OK);
    CHECK(copies_in_memory(scrambled) > 0 && copies_in_memory(scrambled_base64) > 0);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_UNAVAILABLE);
    CHECK(strstr(milvus_last_error_message(), "the proxy 127.0.0.1") != NULL);
    milvus_options_free(options);
    milvus_client_free(client);
    usleep(300000);
    CHECK(copies_in_memory(scrambled) == 0);
    CHECK(copies_in_memory(scrambled_base64) == 0);
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    milvus_options *options;
    const char *server;
    char *secret;
    size_t length;

    CHECK(argc == 2);
    CHECK(copies_in_memory(scrambled) == 0);
    secret = (char *)malloc(sizeof scrambled);
    unscramble(secret);
    CHECK(copies_in_memory(scrambled) > 0); // the search finds what is there

    options = milvus_options_new();
    CHECK(milvus_options_set(options, "token", "replaced") == MILVUS_OK);
    CHECK(milvus_options_set(options, "token", secret) == MILVUS_OK);
    server = start_fake(argv[1], "v2.6.8");
    CHECK(milvus_client_new_with(server, options, &client) == MILVUS_OK);
    memset(secret, 0, sizeof scrambled);
    CHECK(copies_in_memory(scrambled) > 0 && copies_in_memory(scrambled_base64) > 0); // the client needs them
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    milvus_options_free(options);
    CHECK(milvus_client_set_token(client, "replaced") == MILVUS_OK);
    usleep(300000); // the last request that had it ends behind the scenes
    CHECK(copies_in_memory(scrambled) == 0 && copies_in_memory(scrambled_base64) == 0);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    unscramble(secret);
    CHECK(milvus_client_set_token(client, secret) == MILVUS_OK);
    memset(secret, 0, sizeof scrambled);
    CHECK(copies_in_memory(scrambled) > 0 && copies_in_memory(scrambled_base64) > 0);
    CHECK(milvus_client_set_token(NULL, "x") == MILVUS_INVALID_ARGUMENT);
    milvus_client_free(client);
    usleep(300000); // the connection ends behind the scenes
    CHECK(copies_in_memory(scrambled) == 0);
    CHECK(copies_in_memory(scrambled_base64) == 0);
    the_password_of_a_proxy(server, secret);
    free(secret);
    stop_fake();
    return finish();
}

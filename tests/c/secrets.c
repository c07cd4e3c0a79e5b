// No form of a token, password or metadata value is left in the process's memory once its client, futures and options are
// freed, nor of a token that was replaced once the last request that carries it is over. Before that each is found there, so
// that the search is seen to search.
#include "memory_search.h"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static const char *percent_encoded(char *place, const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        place[3 * i] = '%';
        place[3 * i + 1] = "0123456789ABCDEF"[text[i] >> 4];
        place[3 * i + 2] = "0123456789ABCDEF"[text[i] & 15];
    }
    place[3 * i] = '\0';
    return place;
}

static void ask(milvus_client *client, milvus_status expected)
{
    milvus_compaction_state_info state = MILVUS_COMPACTION_STATE_INFO_INIT;

    CHECK(milvus_compaction_state(client, 1, 60000, &state) == expected);
}

static milvus_client *client_of(const char *uri, const char *key, const char *value)
{
    milvus_client *client = NULL;
    milvus_options *options = milvus_options_new();

    CHECK(milvus_options_set(options, key, value) == MILVUS_OK);
    CHECK(milvus_client_new_with(uri, options, &client) == MILVUS_OK);
    milvus_options_free(options);
    return client;
}

// A client with a new token, of which this program keeps nothing but the forms to search for.
static milvus_client *client_with_a_token(const char *server)
{
    char secret[SECRET_LENGTH + 1], token[TEXT_LENGTH];
    milvus_client *client;

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    client = client_of(server, "token", joined(token, "ab:", secret, "", ""));
    wipe(secret, sizeof secret);
    wipe(token, sizeof token);
    return client;
}

static void a_token_of_options(const char *server)
{
    milvus_client *client = client_with_a_token(server);
    int i;

    for (i = 0; i < 3; i++)
        ask(client, MILVUS_OK);
    found("a token of options, in use");
    milvus_client_free(client);
    gone("a token of options, when its client is freed");
}

static void a_user_and_a_password_of_a_uri(const char *server)
{
    char secret[SECRET_LENGTH + 1], encoded[TEXT_LENGTH], uri[TEXT_LENGTH];
    milvus_client *client;

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    joined(uri, "http://ab:", percent_encoded(encoded, secret), "@", server + strlen("http://"));
    wipe(secret, sizeof secret);
    wipe(encoded, sizeof encoded);
    found("a password of a URI, with its owner");
    client = new_client(uri);
    wipe(uri, sizeof uri);
    ask(client, MILVUS_OK);
    found("a password of a URI, in use");
    milvus_client_free(client);
    gone("a password of a URI, when its client is freed");
}

static void uris_that_are_refused(void)
{
    static const char *const wrong[][2] = {
        {"http://ab:", "@ho st:1"},       {"http://ab:", "/x@host:19530"}, {"http://ab:", "#x@host"},
        {"http://ab:", "@host:0"},        {"http://ab:", "@host:99999"},   {"ftp://ab:", "@host"},
        {"http://ab:%ff", "@host"},       {"http://ab:", "@[fe80::1%eth0]:1"}, {"http://ab:", "@"},
        {"ab:", "@host"},                 {"http://ab:", "@host//x"},      {"http://ab:", "@host/%ff"},
        {"http://ab:", "@[fe80::1%25]"},  {"http://ab:<", ">@host:1"},     {"http://ab:", "@host:1x"},
        {"", ""},                         {"http://", " "},                {"unix:", ""},
    };
    char secret[SECRET_LENGTH + 1], encoded[TEXT_LENGTH], uri[TEXT_LENGTH];
    size_t i;
    int is_encoded;

    for (i = 0; i < 2 * sizeof wrong / sizeof wrong[0]; i++) {
        milvus_client *client = NULL;
        char when[100];

        is_encoded = i % 2;
        forget_forms();
        fresh(secret);
        add_secret("ab", secret);
        percent_encoded(encoded, secret);
        joined(uri, wrong[i / 2][0], is_encoded ? encoded : secret, wrong[i / 2][1], "");
        wipe(secret, sizeof secret);
        wipe(encoded, sizeof encoded);
        snprintf(when, sizeof when, "%s...%s %s", wrong[i / 2][0], wrong[i / 2][1], is_encoded ? "encoded" : "plain");
        found(when);
        if (milvus_client_new(uri, NULL, &client) == MILVUS_OK)
            milvus_client_free(client);
        wipe(uri, sizeof uri);
        gone(when);
    }
}

static void a_token_that_is_replaced(const char *server)
{
    char secret[SECRET_LENGTH + 1], before[64];
    milvus_client *client = client_with_a_token(server);
    milvus_future *future;

    ask(client, MILVUS_OK);
    tell_fake("slow State 1000");
    strcpy(before, tell_fake("count State"));
    CHECK(milvus_compaction_state_async(client, 1, 60000, &future) == MILVUS_OK);
    while (strcmp(tell_fake("count State"), before) == 0)
        usleep(1000);
    CHECK(milvus_client_set_token(client, "short") == MILVUS_OK);
    found("a replaced token, while a request has it");
    CHECK(milvus_future_wait(future, 60000) == MILVUS_OK);
    milvus_future_free(future);
    gone("a replaced token, when its last request is over");
    tell_fake("slow State 0");
    ask(client, MILVUS_OK);
    forget_forms();
    fresh(secret);
    add_secret("", secret);
    CHECK(milvus_client_set_token(client, secret) == MILVUS_OK);
    wipe(secret, sizeof secret);
    ask(client, MILVUS_OK);
    found("a new token, in use");
    CHECK(milvus_client_set_token(client, NULL) == MILVUS_OK);
    gone("a token, when there is none any more");
    ask(client, MILVUS_OK);
    milvus_client_free(client);
}

static void write_file(const char *file, const char *text)
{
    int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CHECK(opened >= 0 && write(opened, text, strlen(text)) == (ssize_t)strlen(text));
    close(opened);
}

static void a_token_file(const char *server)
{
    char secret[SECRET_LENGTH + 1], token[TEXT_LENGTH], folder[] = "/tmp/milvus-secrets-XXXXXX", file[TEXT_LENGTH];
    milvus_client *client;
    int i;

    CHECK(mkdtemp(folder) != NULL);
    joined(file, folder, "/token", "", "");
    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    write_file(file, joined(token, "ab:", secret, "\n", ""));
    wipe(secret, sizeof secret);
    wipe(token, sizeof token);
    client = client_of(server, "token_file", file);
    ask(client, MILVUS_OK);
    found("a token of a file, in use");
    write_file(file, "another");
    for (i = 0; i < 200 && parts_in_memory(0) > 0; i++) { // until a request looks at the file
        usleep(50000);
        ask(client, MILVUS_OK);
    }
    gone("a token of a file, when the file has another");
    ask(client, MILVUS_OK);
    milvus_client_free(client);
    unlink(file);
    rmdir(folder);
}

static void what_a_server_repeats(const char *server)
{
    char secret[SECRET_LENGTH + 1], token[TEXT_LENGTH], command[TEXT_LENGTH];
    milvus_client *client;
    milvus_future *future;
    int i;

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    client = client_of(server, "token", joined(token, "ab:", secret, "", ""));
    for (i = 0; i < 3; i++) {
        tell_fake(joined(command, "fail State grpc 16 who is ab:", secret, " with ", secret));
        ask(client, MILVUS_UNAUTHENTICATED);
        CHECK(strstr(milvus_last_error_message(), "[hidden]") != NULL);
        tell_fake(joined(command, "fail State refuse 1100 who is ", secret, " with ", secret));
        ask(client, MILVUS_INVALID_ARGUMENT);
        CHECK(strstr(milvus_last_error_message(), "[hidden]") != NULL);
    }
    tell_fake(joined(command, "fail State grpc 13 no ", secret, "", ""));
    CHECK(milvus_compaction_state_async(client, 1, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 60000) == MILVUS_SERVER_ERROR);
    wipe(secret, sizeof secret);
    wipe(token, sizeof token);
    wipe(command, sizeof command);
    found("a repeated password, in use");
    milvus_client_free(client);
    milvus_future_free(future);
    gone("a repeated password, when client and future are freed");
}

static void metadata(const char *server)
{
    char secret[SECRET_LENGTH + 1];
    milvus_client *client;
    milvus_options *options = milvus_options_new();

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    CHECK(milvus_options_set(options, "metadata.x-key", secret) == MILVUS_OK);
    wipe(secret, sizeof secret);
    CHECK(milvus_client_new_with(server, options, &client) == MILVUS_OK);
    ask(client, MILVUS_OK);
    milvus_options_free(options);
    found("metadata, in use");
    milvus_client_free(client);
    gone("metadata, when client and options are freed");
}

static void metadata_of_a_thread(const char *server)
{
    char secret[SECRET_LENGTH + 1];
    milvus_client *client = new_client(server);

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    CHECK(milvus_thread_set_metadata("x-key", secret) == MILVUS_OK);
    wipe(secret, sizeof secret);
    ask(client, MILVUS_OK);
    CHECK(milvus_thread_set_metadata("x-key", NULL) == MILVUS_OK);
    found("metadata of a thread, in use");
    milvus_client_free(client);
    gone("metadata of a thread, when it has none any more and the client is freed");
}

// A process that answers what it gets with "407" and the same again, as a proxy that repeats its password.
static pid_t start_proxy(char *address)
{
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in place;
    socklen_t length = sizeof place;
    pid_t proxy;

    memset(&place, 0, sizeof place);
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listening, (struct sockaddr *)&place, sizeof place) == 0 && listen(listening, 8) == 0);
    CHECK(getsockname(listening, (struct sockaddr *)&place, &length) == 0);
    snprintf(address, TEXT_LENGTH, "127.0.0.1:%d", ntohs(place.sin_port));
    proxy = fork();
    if (proxy == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (proxy == 0) {
        char got[4096] = {0}, *secret;
        int peer = accept(listening, NULL, NULL);

        if (peer < 0 || read(peer, got, sizeof got - 1) <= 0)
            _exit(1);
        secret = strstr(got, "Basic ");
        if (secret != NULL && write(peer, "HTTP/1.1 407 no ", 16) == 16 && write(peer, secret, strlen(secret)) > 0)
            close(peer);
    }
    close(listening);
    return proxy;
}

static void the_password_of_a_proxy(void)
{
    char secret[SECRET_LENGTH + 1], encoded[TEXT_LENGTH], address[TEXT_LENGTH], text[TEXT_LENGTH];
    pid_t proxy = start_proxy(address);
    milvus_client *client;
    size_t length;

    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    joined(text, "http://ab:", percent_encoded(encoded, secret), "@", address);
    wipe(secret, sizeof secret);
    wipe(encoded, sizeof encoded);
    client = client_of("http://milvus.invalid", "proxy", text);
    wipe(text, sizeof text);
    found("the password of a proxy, in use");
    CHECK(milvus_client_server_version(client, 60000, NULL, 0, &length) == MILVUS_UNAVAILABLE);
    CHECK(strstr(milvus_last_error_message(), "[hidden]") != NULL);
    found("the password of a proxy, when it was repeated");
    milvus_client_free(client);
    gone("the password of a proxy, when its client is freed");
    kill(proxy, SIGKILL);
    waitpid(proxy, NULL, 0);
}

#if defined(__x86_64__)
// What lies in vector registers, which the dynamic linker stores on the stack when a program that binds functions lazily calls
// one for the first time. (xsave: SSE, AVX and AVX-512)
static unsigned char registers[1 << 14] __attribute__((aligned(64)));
#define STORE "xsave %0"
#define STORED "+m"(registers) : "a"(0xe6), "d"(0)

static int in_registers(size_t from, size_t to, int tells)
{
    int parts = parts_in(registers + from, to - from, from, "registers", tells);

    wipe(registers, sizeof registers);
    return parts;
}

static void registers_after_a_call(const char *server)
{
    char secret[SECRET_LENGTH + 1], token[TEXT_LENGTH];
    milvus_client *client;
    milvus_options *options;
    milvus_status status;

    __builtin_cpu_init();
    if (IS_SANITIZED || !__builtin_cpu_supports("avx")) {
        puts("registers after a call: not searched, with a sanitizer or without AVX");
        return;
    }
    client = new_client(server);
    options = milvus_options_new();
    forget_forms();
    fresh(secret);
    add_secret("ab", secret);
    joined(token, "ab:", secret, "", "");
    // Each part is seen to be stored: the lower and the upper halves of sixteen registers, and sixteen more.
    __asm__ volatile("movups %3, %%xmm9\n" STORE : STORED, "m"(*(const char(*)[16])secret) : "xmm9", "memory");
    CHECK(in_registers(0, 512, 0) > 0);
    __asm__ volatile("vmovups %3, %%ymm7\n" STORE : STORED, "m"(*(const char(*)[32])secret) : "xmm7", "memory");
    CHECK(in_registers(576, 832, 0) > 0);
    if (__builtin_cpu_supports("avx512vl")) {
        __asm__ volatile("vmovups %3, %%ymm20\n" STORE "\nvpxord %%ymm20, %%ymm20, %%ymm20"
                         : STORED, "m"(*(const char(*)[32])secret) : "memory");
        CHECK(in_registers(832, sizeof registers, 0) > 0);
    }
    status = milvus_options_set(options, "token", token);
    __asm__ volatile(STORE : STORED : "memory");
    CHECK(in_registers(0, sizeof registers, 1) == 0);
    CHECK(status == MILVUS_OK);
    status = milvus_client_set_token(client, token);
    __asm__ volatile(STORE : STORED : "memory");
    CHECK(in_registers(0, sizeof registers, 1) == 0);
    CHECK(status == MILVUS_OK);
    wipe(secret, sizeof secret);
    wipe(token, sizeof token);
    milvus_options_free(options);
    milvus_client_free(client);
    puts("registers after a call: clear");
}
#else
static void registers_after_a_call(const char *server)
{
    (void)server;
    puts("registers after a call: not searched on this processor");
}
#endif

int main(int argc, char **argv)
{
    const char *server;

    CHECK(argc == 2);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); // what it has told is there even if it is ended
    server = start_fake(argv[1], "v2.6.8");
    a_token_of_options(server);
    a_user_and_a_password_of_a_uri(server);
    uris_that_are_refused();
    a_token_that_is_replaced(server);
    a_token_file(server);
    what_a_server_repeats(server);
    metadata(server);
    metadata_of_a_thread(server);
    the_password_of_a_proxy();
    registers_after_a_call(server); // last: it binds functions that those before call first
    stop_fake();
    CHECK(failures == 0);
    return finish();
}

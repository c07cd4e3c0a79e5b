// No form of a private key, and none of a token that is sent over TLS, is left in the process's memory once its client and
// options are freed. OpenSSL's command line makes the keys and plays the server.
#include "memory_search.h"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static size_t read_file(const char *folder, const char *name, char *place, size_t capacity)
{
    char file[TEXT_LENGTH];
    int opened = open(joined(file, folder, "/", name, ""), O_RDONLY);
    ssize_t length = read(opened, place, capacity - 1);

    CHECK(length > 0);
    close(opened);
    place[length] = '\0';
    return (size_t)length;
}

// What of a key is secret, from this byte of its DER on: the text, the bytes, and the numbers as a processor has them.
static void add_key(const char *folder, char *pem, size_t from, size_t length)
{
    static unsigned char der[LONGEST_FORM], reversed[LONGEST_FORM];
    size_t all = read_file(folder, "key.der", (char *)der, sizeof der), i, begin, end;

    length = length == 0 ? all - from : length;
    read_file(folder, "key.pem", pem, LONGEST_FORM);
    begin = from / 3 * 4; // lines of 64 characters
    end = (from + length) / 3 * 4;
    begin += begin / 64 + (size_t)(strchr(pem, '\n') - pem) + 1;
    end += end / 64 + (size_t)(strchr(pem, '\n') - pem) + 1;
    add_form("the PEM text", (unsigned char *)pem + begin, end - begin);
    for (i = 0; i < length; i++)
        reversed[i] = der[from + length - 1 - i];
    add_form("the private numbers", der + from, length);
    add_form("the private numbers, reversed", reversed, length);
    wipe(reversed, sizeof reversed);
    wipe(der, sizeof der);
}

// A TLS server that asks for a certificate and begins HTTP/2, but answers nothing.
static pid_t start_tls_server(const char *folder, char *uri, int *input)
{
    int to[2], listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in place;
    socklen_t length = sizeof place;
    char port[16];
    pid_t server;

    memset(&place, 0, sizeof place);
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listening, (struct sockaddr *)&place, sizeof place) == 0 && pipe(to) == 0);
    CHECK(getsockname(listening, (struct sockaddr *)&place, &length) == 0);
    close(listening);
    snprintf(port, sizeof port, "%d", ntohs(place.sin_port));
    snprintf(uri, TEXT_LENGTH, "https://localhost:%s", port);
    server = fork();
    if (server == 0) {
        int nothing = open("/dev/null", O_WRONLY);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(to[0], 0);
        dup2(nothing, 1);
        dup2(nothing, 2);
        close(to[1]);
        if (chdir(folder) == 0)
            execlp("openssl", "openssl", "s_server", "-quiet", "-accept", port, "-cert", "cert.pem", "-key",
                   "server.pem", "-Verify", "1", "-CAfile", "cert.pem", "-alpn", "h2", (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    *input = to[1];
    return server;
}

// One key of a client, and a token over TLS.
static void a_key(const char *name, const char *kind, size_t from, size_t length_of_secret, int is_file)
{
    static char pem[LONGEST_FORM], certificate[LONGEST_FORM];
    char secret[SECRET_LENGTH + 1], folder[] = "/tmp/milvus-secrets-XXXXXX", text[TEXT_LENGTH * 2], uri[TEXT_LENGTH];
    milvus_client *client = NULL;
    milvus_options *options = milvus_options_new();
    int input, is_sent = 0;
    long limit;
    pid_t server;
    size_t length;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(text, sizeof text,
             "cd %s && openssl req -x509 -newkey %s -noenc -keyout key.pem -out client.pem -subj /CN=client 2>log && "
             "openssl pkey -in key.pem -outform DER -out key.der 2>log && "
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout server.pem -out cert.pem "
             "-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>log",
             folder, kind);
    CHECK(system(text) == 0);
    server = start_tls_server(folder, uri, &input);
    forget_forms();
    add_key(folder, pem, from, length_of_secret);
    fresh(secret);
    read_file(folder, "client.pem", certificate, sizeof certificate);
    CHECK(milvus_options_set(options, "tls.client_cert_pem", certificate) == MILVUS_OK);
    CHECK(milvus_options_set(options, "tls.ca_file", joined(text, folder, "/cert.pem", "", "")) == MILVUS_OK);
    if (is_file)
        CHECK(milvus_options_set(options, "tls.key_file", joined(text, folder, "/key.pem", "", "")) == MILVUS_OK);
    else
        CHECK(milvus_options_set(options, "tls.client_key_pem", pem) == MILVUS_OK);
    CHECK(milvus_options_set(options, "token", joined(text, "ab:", secret, "", "")) == MILVUS_OK);
    wipe(pem, sizeof pem);
    wipe(text, sizeof text);
    CHECK(milvus_client_new_with(uri, options, &client) == MILVUS_OK);
    found(name);
    add_secret("ab", secret);
    wipe(secret, sizeof secret);
    // An empty SETTINGS frame. What is asked stays unanswered, and has been sent.
    CHECK(write(input, "\0\0\0\4\0\0\0\0\0", 9) == 9);
    for (limit = 500; limit < 100000 && !is_sent; limit += limit / 4) {
        usleep(50000);
        is_sent = milvus_client_server_version(client, limit, NULL, 0, &length) == MILVUS_TIMEOUT &&
                  strstr(milvus_last_error_message(), "waiting for") != NULL;
    }
    CHECK(is_sent);
    found(name);
    milvus_options_free(options);
    milvus_client_free(client);
    gone(name);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    close(input);
    snprintf(text, sizeof text, "rm -r %s", folder);
    CHECK(system(text) == 0);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); // what it has told is there even if it is ended
    a_key("an EC key in a text, and a token over TLS", "ec -pkeyopt ec_paramgen_curve:P-256", 36, 32, 0);
    a_key("an RSA key in a text, and a token over TLS", "rsa:2048", 300, 0, 0);
    a_key("an RSA key in a file, and a token over TLS", "rsa:3072", 428, 0, 1);
    CHECK(failures == 0);
    return finish();
}

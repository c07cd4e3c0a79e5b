// What the C tests share: checks that count, and a scripted server in a process of its own.
#ifndef SUPPORT_H
#define SUPPORT_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <milvus_client.h>

static int checks_passed;

// Sanitizers and valgrind need memory of their own: how much the library takes is checked without them.
#ifdef MILVUS_SANITIZED
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

// Ends the test where it fails.
#define CHECK(condition)                                                                                    \
    do {                                                                                                    \
        if (!(condition)) {                                                                                 \
            printf("%s:%d: %s\n  last error: %s\n", __FILE__, __LINE__, #condition,                         \
                   milvus_last_error_message());                                                            \
            exit(1);                                                                                        \
        }                                                                                                   \
        __atomic_add_fetch(&checks_passed, 1, __ATOMIC_RELAXED);                                           \
    } while (0)

static int finish(void)
{
    if (checks_passed == 0) {
        puts("nothing was checked");
        return 1;
    }
    printf("%d checks passed\n", checks_passed);
    return 0;
}

// Files in a directory, e.g. of this process's descriptors.
static inline int entries(const char *directory)
{
    DIR *opened = opendir(directory);
    int count = 0;

    CHECK(opened != NULL);
    while (readdir(opened) != NULL)
        count++;
    closedir(opened);
    return count - 2; // without "." and ".."
}

// The name of a thread of this process; empty if it has just ended.
static inline const char *thread_name(const char *thread, char *name, size_t capacity)
{
    char path[300];
    FILE *file;

    name[0] = '\0';
    snprintf(path, sizeof path, "/proc/self/task/%s/comm", thread);
    file = fopen(path, "r");
    if (file == NULL)
        return name;
    if (fgets(name, (int)capacity, file) != NULL)
        name[strcspn(name, "\n")] = '\0';
    fclose(file);
    return name;
}

// Threads of the library: their names tell.
static inline int library_threads(void)
{
    DIR *threads = opendir("/proc/self/task");
    struct dirent *thread;
    int count = 0;

    CHECK(threads != NULL);
    while ((thread = readdir(threads)) != NULL) {
        char name[64];

        count += strncmp(thread_name(thread->d_name, name, sizeof name), "milvus-", 7) == 0;
    }
    closedir(threads);
    return count;
}

static inline long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file != NULL && fscanf(file, "%*d %ld", &pages) == 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int fake_input = -1;
static FILE *fake_output;
static pid_t fake_process;
// A Unix socket at which it is to listen besides.
static const char *fake_socket;

// Starts the scripted server, which ends with this process. Returns its URI.
static inline const char *start_fake(const char *program, const char *version)
{
    static char uri[128];
    int to[2], from[2];

    if (pipe(to) != 0 || pipe(from) != 0)
        exit(1);
    fake_process = fork();
    if (fake_process == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execl(program, program, "serve", version, fake_socket, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    fake_input = to[1];
    fake_output = fdopen(from[0], "r");
    if (fake_output == NULL || fgets(uri, sizeof uri, fake_output) == NULL) {
        printf("%s does not start\n", program);
        exit(1);
    }
    uri[strcspn(uri, "\n")] = '\0';
    return uri;
}

// Has the scripted server do something; returns what it answers.
static inline const char *tell_fake(const char *command)
{
    static char answer[4096];

    CHECK(write(fake_input, command, strlen(command)) == (ssize_t)strlen(command));
    CHECK(write(fake_input, "\n", 1) == 1);
    CHECK(fgets(answer, sizeof answer, fake_output) != NULL);
    answer[strcspn(answer, "\n")] = '\0';
    CHECK(strncmp(answer, "unknown", 7) != 0);
    return answer;
}

static inline void stop_fake(void)
{
    close(fake_input);
    fclose(fake_output);
    waitpid(fake_process, NULL, 0);
}

static inline milvus_client *new_client(const char *uri)
{
    milvus_client *client = NULL;

    CHECK(milvus_client_new(uri, NULL, &client) == MILVUS_OK);
    CHECK(client != NULL);
    return client;
}

#endif

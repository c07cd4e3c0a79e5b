// Searches the memory of this process for a secret in every form that a client gives it: plain, percent-encoded, base64,
// and HPACK's Huffman code of plain text and base64, as HTTP/2 sends a header. A part of twelve bytes counts: an allocator
// overwrites the beginning of what is freed. What is looked for is kept scrambled, so that it is not found here.
#ifndef MEMORY_SEARCH_H
#define MEMORY_SEARCH_H

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "support.h"

#define PART 12
#define MASK 0xa5
#define MOST_FORMS 64
#define LONGEST_FORM 4096
#define CHUNK (1 << 20)
#define SECRET_LENGTH 40
#define TEXT_LENGTH 512

static struct form {
    char name[48];
    size_t length;
    unsigned char scrambled[LONGEST_FORM];
} forms[MOST_FORMS];
static size_t form_count;
// Whether a part may begin with bytes of this hash.
static unsigned char begins[1 << 20];

// Of the printable characters, from RFC 7541, appendix B.
static const struct {
    unsigned code, bits;
} huffman_code[] = {
    {0x14, 6}, {0x3f8, 10}, {0x3f9, 10}, {0xffa, 12}, {0x1ff9, 13}, {0x15, 6}, {0xf8, 8}, {0x7fa, 11}, {0x3fa, 10},
    {0x3fb, 10}, {0xf9, 8}, {0x7fb, 11}, {0xfa, 8}, {0x16, 6}, {0x17, 6}, {0x18, 6}, {0x0, 5}, {0x1, 5}, {0x2, 5},
    {0x19, 6}, {0x1a, 6}, {0x1b, 6}, {0x1c, 6}, {0x1d, 6}, {0x1e, 6}, {0x1f, 6}, {0x5c, 7}, {0xfb, 8}, {0x7ffc, 15},
    {0x20, 6}, {0xffb, 12}, {0x3fc, 10}, {0x1ffa, 13}, {0x21, 6}, {0x5d, 7}, {0x5e, 7}, {0x5f, 7}, {0x60, 7},
    {0x61, 7}, {0x62, 7}, {0x63, 7}, {0x64, 7}, {0x65, 7}, {0x66, 7}, {0x67, 7}, {0x68, 7}, {0x69, 7}, {0x6a, 7},
    {0x6b, 7}, {0x6c, 7}, {0x6d, 7}, {0x6e, 7}, {0x6f, 7}, {0x70, 7}, {0x71, 7}, {0x72, 7}, {0xfc, 8}, {0x73, 7},
    {0xfd, 8}, {0x1ffb, 13}, {0x7fff0, 19}, {0x1ffc, 13}, {0x3ffc, 14}, {0x22, 6}, {0x7ffd, 15}, {0x3, 5}, {0x23, 6},
    {0x4, 5}, {0x24, 6}, {0x5, 5}, {0x25, 6}, {0x26, 6}, {0x27, 6}, {0x6, 5}, {0x74, 7}, {0x75, 7}, {0x28, 6},
    {0x29, 6}, {0x2a, 6}, {0x7, 5}, {0x2b, 6}, {0x76, 7}, {0x2c, 6}, {0x8, 5}, {0x9, 5}, {0x2d, 6}, {0x77, 7},
    {0x78, 7}, {0x79, 7}, {0x7a, 7}, {0x7b, 7}, {0x7ffe, 15}, {0x7fc, 11}, {0x3ffd, 14}, {0x1ffd, 13}
};

// The compiler must not leave it out.
static inline void wipe(void *place, size_t length)
{
    memset(place, 0, length);
    __asm__ volatile("" : : "r"(place) : "memory");
}

// Of four bytes.
static inline size_t hashed(const unsigned char *bytes, unsigned mask)
{
    unsigned word;

    memcpy(&word, bytes, sizeof word);
    return (word ^ mask * 0x01010101U) * 2654435761U >> 12;
}

static inline void forget_forms(void)
{
    form_count = 0;
    memset(begins, 0, sizeof begins);
}

static inline void add_form(const char *name, const unsigned char *bytes, size_t length)
{
    struct form *form = &forms[form_count];
    size_t i;

    CHECK(form_count < MOST_FORMS && length >= PART && length <= LONGEST_FORM);
    form_count++;
    snprintf(form->name, sizeof form->name, "%s", name);
    form->length = length;
    for (i = 0; i < length; i++)
        form->scrambled[i] = bytes[i] ^ MASK;
    for (i = 0; i + PART <= length; i++)
        begins[hashed(form->scrambled + i, MASK)] = 1;
}

static inline size_t base64(const unsigned char *bytes, size_t length, unsigned char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i, written = 0;

    for (i = 0; i < length; i += 3) {
        unsigned long group = (unsigned long)bytes[i] << 16;

        group |= i + 1 < length ? (unsigned long)bytes[i + 1] << 8 : 0;
        group |= i + 2 < length ? bytes[i + 2] : 0;
        text[written++] = (unsigned char)digits[group >> 18];
        text[written++] = (unsigned char)digits[group >> 12 & 63];
        text[written++] = i + 1 < length ? (unsigned char)digits[group >> 6 & 63] : '=';
        text[written++] = i + 2 < length ? (unsigned char)digits[group & 63] : '=';
    }
    return written;
}

// The code where so many bits precede it in its first byte; only the bytes that it fills.
static inline size_t huffman(const unsigned char *text, size_t length, unsigned preceding, unsigned char *bytes)
{
    unsigned long long held = 0;
    unsigned bits = preceding;
    size_t i, written = 0;

    for (i = 0; i < length; i++) {
        held = held << huffman_code[text[i] - 32].bits | huffman_code[text[i] - 32].code;
        bits += huffman_code[text[i] - 32].bits;
        for (; bits >= 8; bits -= 8)
            bytes[written++] = (unsigned char)(held >> (bits - 8));
    }
    if (preceding == 0)
        return written;
    memmove(bytes, bytes + 1, written - 1);
    bytes[written - 1] = 0;
    return written - 1;
}

// A text, and its code wherever it begins in a byte: a server can repeat it within a longer one.
static inline void add_text(const char *name, const unsigned char *text, size_t length)
{
    static unsigned char code[LONGEST_FORM];
    char named[48];
    unsigned preceding;

    add_form(name, text, length);
    for (preceding = 0; preceding < 8; preceding++) {
        size_t coded = huffman(text, length, preceding, code);

        snprintf(named, sizeof named, "Huffman code of %s, bit %u", name, preceding);
        if (coded >= PART)
            add_form(named, code, coded);
        wipe(code, sizeof code);
    }
}

// Every form of "user:secret", or of a secret alone if there is no user.
static inline void add_secret(const char *user, const char *secret)
{
    static unsigned char text[1024], encoded[1024];
    size_t length = strlen(secret), user_length = strlen(user), i;

    add_text("plain", (const unsigned char *)secret, length);
    for (i = 0; i < length; i++) {
        encoded[3 * i] = '%';
        encoded[3 * i + 1] = (unsigned char)"0123456789ABCDEF"[secret[i] >> 4];
        encoded[3 * i + 2] = (unsigned char)"0123456789ABCDEF"[secret[i] & 15];
    }
    add_form("percent-encoded", encoded, 3 * length);
    memcpy(text, user, user_length);
    if (user_length > 0)
        text[user_length++] = ':';
    memcpy(text + user_length, secret, length);
    add_text("base64", encoded, base64(text, user_length + length, encoded));
    wipe(text, sizeof text);
    wipe(encoded, sizeof encoded);
}

// Tells of a part of a form, if SHOW_SECRETS is set also what is around it.
static inline void tell_found(const struct form *form, const char *mapping, unsigned long at, const unsigned char *bytes)
{
    size_t i;

    printf("  %s at %lx in %s", form->name, at, mapping);
    for (i = 0; getenv("SHOW_SECRETS") != NULL && i < 64; i++)
        printf("%c%s", bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : '.', i == 63 ? "\n" : "");
}

// Counts the parts of forms in some bytes.
static inline int parts_in(const unsigned char *bytes, size_t length, unsigned long from, const char *mapping, int tells)
{
    int found = 0;
    size_t i, f, p, k;

    for (i = 0; i + PART <= length; i++) {
        static const unsigned char zeros[8] = {0};

        if (memcmp(bytes + i, zeros, sizeof zeros) == 0) {
            i += sizeof zeros - 1; // most memory
            continue;
        }
        if (!begins[hashed(bytes + i, 0)])
            continue;
        for (f = 0; f < form_count; f++)
            for (p = 0; p + PART <= forms[f].length; p++) {
                for (k = 0; k < PART && (bytes[i + k] ^ MASK) == forms[f].scrambled[p + k]; k++)
                    ;
                if (k < PART)
                    continue;
                if (tells && found < 8)
                    tell_found(&forms[f], mapping, from + i, bytes + i);
                found++;
                i += PART;
                f = form_count - 1;
                break;
            }
    }
    return found;
}

// Counts the parts of forms in all writable memory, stacks included.
static inline int parts_in_all(int tells)
{
    static unsigned char *copy;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY), found = 0;
    char line[512];

    if (copy == NULL)
        copy = (unsigned char *)mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(maps != NULL && memory >= 0 && copy != MAP_FAILED);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to, at;
        char rights[8];

        // Shared is only the copy.
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' || rights[3] == 's')
            continue;
        for (at = from; at < to; at += CHUNK - PART) {
            size_t length = to - at < CHUNK ? to - at : CHUNK;
            ssize_t got = pread(memory, copy, length, (off_t)at);

            if (got > 0)
                found += parts_in(copy, (size_t)got, at, line, tells);
            wipe(copy, CHUNK);
            if (at + length >= to)
                break;
        }
    }
    fclose(maps);
    close(memory);
    return found;
}

#ifdef __cplusplus
extern "C" {
#endif
static inline void *search_thread(void *place)
{
    *(int *)place = parts_in_all(*(int *)place);
    return NULL;
}
#ifdef __cplusplus
}
#endif

// On a thread of its own: the stack of the calling one stays as the library has left it. None with a sanitizer or valgrind,
// which have far more memory, and copies of registers in it.
static inline int parts_in_memory(int tells)
{
    pthread_t thread;
    int place = tells;

    if (IS_SANITIZED)
        return 0;
    CHECK(pthread_create(&thread, NULL, search_thread, &place) == 0 && pthread_join(thread, NULL) == 0);
    return place;
}

static int failures;

// A secret that is nowhere else.
static inline void fresh(char *place)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static unsigned long long state = 0x9e3779b97f4a7c15ULL;
    size_t i;

    for (i = 0; i < SECRET_LENGTH; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        place[i] = letters[(state >> 20) % (sizeof letters - 1)];
    }
    place[SECRET_LENGTH] = '\0';
}

// Texts one after the other; printf would keep parts of them.
static inline const char *joined(char *place, const char *first, const char *second, const char *third, const char *fourth)
{
    place[0] = '\0';
    strcat(strcat(strcat(strcat(place, first), second), third), fourth);
    return place;
}

static inline void found(const char *when)
{
    if (IS_SANITIZED || parts_in_memory(0) > 0)
        return;
    printf("%s: nothing is found, so the search finds nothing\n", when);
    failures++;
}

// Connections end behind the scenes, a little later.
static inline void gone(const char *when)
{
    int i;

    for (i = 0; i < 100; i++) {
        if (parts_in_memory(0) == 0) {
            printf("%s: gone\n", when);
            return;
        }
        usleep(50000);
    }
    printf("%s: %d parts are left\n", when, parts_in_memory(1));
    failures++;
}

#endif

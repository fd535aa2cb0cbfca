/*
 * driver.c: runs a fuzz target without libFuzzer, so that any compiler will do: every file of a corpus, then
 * a number of mutations of them, the same ones for the same seed.
 *
 *	fuzz-NAME [--seed N] [--runs N] [--keep FILE] CORPUS
 *
 * An input that crashes the target, or takes longer than ten seconds, is written to FILE (default:
 * crash-input) on the way out. Under AddressSanitizer that needs ASAN_OPTIONS=abort_on_error=1.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	INPUT_MAX_BYTES = 1 << 16,
	CORPUS_MAX = 1024,
	PATIENCE_S = 10
};

struct input {
	unsigned char bytes[INPUT_MAX_BYTES];
	size_t size;
};

struct corpus {
	struct input *inputs[CORPUS_MAX];
	size_t count;
};

static struct input in_hand; /* for the signal handler too */
static const char *keep_file = "crash-input";
static uint64_t random_state;

/* SplitMix64 (Steele, Lea, Flood, 2014). */
static uint64_t random_next(void)
{
	uint64_t mixed = random_state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
	return mixed ^ (mixed >> 31);
}

/* From 0 to below `limit`, which is at least 1. */
static size_t random_below(size_t limit)
{
	return random_next() % limit;
}

static void keep_input(int number)
{
	int fd = open(keep_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	static const char late[] = "took too long\n";

	if (fd >= 0 && write(fd, in_hand.bytes, in_hand.size) == (ssize_t)in_hand.size)
		close(fd);
	if (number == SIGALRM && write(STDERR_FILENO, late, sizeof(late) - 1) < 0)
		_exit(3);
	signal(number, SIG_DFL);
	raise(number);
}

static void keep_input_on_crash(void)
{
	static const int numbers[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction before;

		/* a sanitizer has its own handler for some, and ends in SIGABRT */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			signal(numbers[i], keep_input);
	}
}

static void try_input(void)
{
	alarm(PATIENCE_S);
	LLVMFuzzerTestOneInput(in_hand.bytes, in_hand.size);
	alarm(0);
}

static bool read_input(const char *folder, const char *name, struct input *input)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		return false;
	input->size = fread(input->bytes, 1, sizeof(input->bytes), file);
	fclose(file);
	return true;
}

static int by_name(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

static bool read_corpus(const char *folder, struct corpus *corpus)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, by_name);

	if (count < 0)
		return false;
	for (int i = 0; i < count; i++) {
		struct input *input = malloc(sizeof(*input));

		if (input && entries[i]->d_name[0] != '.' && corpus->count < CORPUS_MAX &&
			read_input(folder, entries[i]->d_name, input))
			corpus->inputs[corpus->count++] = input;
		else
			free(input);
		free(entries[i]);
	}
	free(entries);
	return corpus->count > 0;
}

static void put_interesting_number(void)
{
	static const uint64_t numbers[] = { 0, 1, 2, 4, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
		0x80000000, 0xfffffffe, 0xffffffff, INT64_MAX, UINT64_MAX };
	uint64_t number = numbers[random_below(sizeof(numbers) / sizeof(numbers[0]))];
	size_t width = (size_t)1 << random_below(4), at;
	bool big_endian = random_below(2);

	if (in_hand.size < width)
		return;
	at = random_below(in_hand.size - width + 1);
	for (size_t i = 0; i < width; i++)
		in_hand.bytes[at + (big_endian ? width - 1 - i : i)] = (unsigned char)(number >> (8 * i));
}

static void remove_some(void)
{
	size_t at = random_below(in_hand.size), most = in_hand.size - at;
	size_t length = 1 + random_below(random_below(4) ? (most < 8 ? most : 8) : most);

	memmove(in_hand.bytes + at, in_hand.bytes + at + length, most - length);
	in_hand.size -= length;
}

/* Puts `length` bytes in at a random place, over what is there or before it. */
static void put_in(const unsigned char *from, size_t length)
{
	unsigned char part[INPUT_MAX_BYTES];
	size_t at = random_below(in_hand.size + 1), rest = in_hand.size - at;

	if (length > sizeof(in_hand.bytes) - in_hand.size)
		return;
	memcpy(part, from, length);
	if (random_below(2)) {
		memmove(in_hand.bytes + at + length, in_hand.bytes + at, rest);
		in_hand.size += length;
	} else if (length > rest) {
		in_hand.size = at + length;
	}
	memcpy(in_hand.bytes + at, part, length);
}

/* A part of this input, or of another of the corpus. */
static void copy_some(const struct input *from)
{
	size_t at, most;

	if (from->size == 0)
		return;
	at = random_below(from->size);
	most = from->size - at;
	put_in(from->bytes + at, 1 + random_below(random_below(2) && most > 16 ? 16 : most));
}

static void mutate(const struct corpus *corpus)
{
	unsigned char byte = (unsigned char)random_next();

	if (in_hand.size == 0) {
		put_in(&byte, 1);
		return;
	}
	switch (random_below(8)) {
	case 0:
		in_hand.bytes[random_below(in_hand.size)] ^= (unsigned char)(1 << random_below(8));
		break;
	case 1:
		in_hand.bytes[random_below(in_hand.size)] = byte;
		break;
	case 2:
		put_interesting_number();
		break;
	case 3:
		remove_some();
		break;
	case 4:
		in_hand.size = random_below(in_hand.size + 1);
		break;
	case 5:
		put_in(&byte, 1);
		break;
	case 6:
		copy_some(&in_hand);
		break;
	case 7:
		copy_some(corpus->inputs[random_below(corpus->count)]);
		break;
	}
}

static void run(const struct corpus *corpus, long runs)
{
	for (size_t i = 0; i < corpus->count; i++) {
		in_hand = *corpus->inputs[i];
		try_input();
	}
	for (long i = 0; i < runs; i++) {
		in_hand = *corpus->inputs[random_below(corpus->count)];
		for (size_t steps = 1 + random_below(6); steps > 0; steps--)
			mutate(corpus);
		try_input();
	}
}

static int complain(const char *what)
{
	fprintf(stderr, "%s\nusage: fuzz-NAME [--seed N] [--runs N] [--keep FILE] CORPUS\n", what);
	return 2;
}

int main(int argc, char **argv)
{
	static struct corpus corpus;
	unsigned long seed = 1;
	long runs = 10000;
	int at = 1;

	for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
		if (strcmp(argv[at], "--seed") == 0)
			seed = strtoul(argv[at + 1], NULL, 10);
		else if (strcmp(argv[at], "--runs") == 0)
			runs = strtol(argv[at + 1], NULL, 10);
		else if (strcmp(argv[at], "--keep") == 0)
			keep_file = argv[at + 1];
		else
			return complain(argv[at]);
	}
	if (at + 1 != argc)
		return complain("one folder is needed");
	if (!read_corpus(argv[at], &corpus))
		return complain("no corpus there");
	random_state = seed;
	keep_input_on_crash();
	run(&corpus, runs);
	printf("%zu inputs and %ld mutations of them, seed %lu\n", corpus.count, runs, seed);
	for (size_t i = 0; i < corpus.count; i++)
		free(corpus.inputs[i]);
	return 0;
}

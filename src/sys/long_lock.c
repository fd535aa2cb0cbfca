#include "sys/long_lock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/robust.h"

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The file's first page, and a private one behind it. */
static void *map_pages(size_t page, int fd)
{
	unsigned char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int error;

	if (pages == MAP_FAILED)
		return NULL;
	if (mmap(pages, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED)
		return pages;
	error = errno;
	munmap(pages, 2 * page);
	errno = error;
	return NULL;
}

int long_lock_init(struct long_lock *lock, int fd)
{
	const struct robust_list_head *head = robust_head();
	size_t page = page_bytes();

	if (!head)
		return -errno;
	/* the word lies before its link in every libc that there is */
	if (head->futex_offset > -(long)sizeof *lock->word || head->futex_offset < -(long)page ||
		head->futex_offset % (long)sizeof *lock->word != 0)
		return -ENOSYS;
	lock->pages = map_pages(page, fd);
	if (!lock->pages)
		return -errno;
	lock->word = (uint32_t *)((char *)lock->pages + page + head->futex_offset);
	return 0;
}

void long_lock_finish(struct long_lock *lock)
{
	if (lock->pages)
		munmap(lock->pages, 2 * page_bytes());
	lock->pages = NULL;
}

static struct robust_list *link_of(const struct long_lock *lock)
{
	return (struct robust_list *)((char *)lock->pages + page_bytes());
}

static void enlist(const struct long_lock *lock)
{
	struct robust_list_head *head = robust_head();
	struct robust_list *link = link_of(lock);

	__atomic_store_n(&link->next, head->list.next, __ATOMIC_SEQ_CST);
	__atomic_store_n(&head->list.next, link, __ATOMIC_SEQ_CST);
}

/* What refers to it in this thread's list, or NULL when it is not there. */
static struct robust_list *find(const struct long_lock *lock)
{
	struct robust_list_head *head = robust_head();

	if (!head)
		return NULL;
	for (struct robust_list *at = &head->list; at->next != &head->list; at = at->next)
		if (at->next == link_of(lock))
			return at;
	return NULL;
}

bool long_lock_is_held(const struct long_lock *lock)
{
	return find(lock) != NULL;
}

int long_lock_acquire(struct long_lock *lock, int timeout_ms)
{
	int result;

	if (!robust_head())
		return -errno;
	if (robust_is_announced() || find(lock))
		return -EDEADLK;
	robust_announce(lock->word);
	result = robust_take(lock->word, timeout_ms);
	if (result >= 0)
		enlist(lock);
	robust_forget();
	return result;
}

int long_lock_release(struct long_lock *lock)
{
	struct robust_list *before = find(lock);

	if (!before)
		return -EPERM;
	robust_announce(lock->word);
	__atomic_store_n(&before->next, before->next->next, __ATOMIC_SEQ_CST);
	robust_give_back(lock->word);
	robust_forget();
	return 0;
}

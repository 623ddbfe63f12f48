/* A network that borrows its arena and takes its input row by row. */
#include <stdio.h>
#include <string.h>

#include "digits.h"

DIGITS_ALIGNED static unsigned char arena[DIGITS_ARENA_BYTES + DIGITS_ALIGN];
static digits_network net;
static float image[DIGITS_IMAGE_LEN];

#define EXPECT(what) \
    if (!(what)) { \
        fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
        return 1; \
    }

int main(void) {
    EXPECT(DIGITS_ROWS * DIGITS_ROW_LEN == DIGITS_IMAGE_LEN);
    EXPECT(fread(image, sizeof image, 1, stdin) == 1);
    memset(arena, 0xff, sizeof arena);

    EXPECT(digits_push_row(&net, image) == DIGITS_ERROR_NOT_READY);
    EXPECT(digits_init(&net, NULL, sizeof arena) == DIGITS_ERROR_NULL);
    EXPECT(digits_init(&net, arena + 1, DIGITS_ARENA_BYTES) == DIGITS_ERROR_MISALIGNED);
    EXPECT(digits_init(&net, arena, DIGITS_ARENA_BYTES - 1) == DIGITS_ERROR_TOO_SMALL);
    EXPECT(digits_reset(&net) == DIGITS_ERROR_NOT_READY);
    EXPECT(digits_init(&net, arena, sizeof arena) == DIGITS_OK);

    /* A frame that is given up, .. */
    EXPECT(digits_push_row(&net, image + DIGITS_ROW_LEN) == DIGITS_MORE);
    EXPECT(digits_reset(&net) == DIGITS_OK);
    /* .. and two that are not. */
    for (int frame = 0; frame < 2; frame++) {
        for (int row = 0; row + 1 < DIGITS_ROWS; row++) {
            EXPECT(digits_push_row(&net, image + row * DIGITS_ROW_LEN) == DIGITS_MORE);
        }
        EXPECT(digits_push_row(&net, image + (DIGITS_ROWS - 1) * DIGITS_ROW_LEN) == DIGITS_OK);
    }
    float scores[DIGITS_SCORES_LEN];
    memcpy(scores, digits_scores(&net), sizeof scores);
    EXPECT(digits_run(&net, image) == DIGITS_OK);
    EXPECT(memcmp(scores, digits_scores(&net), sizeof scores) == 0);
    for (size_t i = DIGITS_ARENA_BYTES; i < sizeof arena; i++) {
        EXPECT(arena[i] == 0xff);
    }
    fwrite(scores, sizeof scores, 1, stdout);
    return 0;
}

/* Two networks in one program, each from a library of its own: handwritten digits, read in floats and in integers. */
#include <stdio.h>

#include "digits.h"
#include "digits_int8.h"

/* A three, in ink from 0 to 16. */
static const float image[DIGITS_IMAGE_LEN] = {
    0, 2, 16, 16, 16, 12, 0, 0, /**/
    0, 1, 9,  5,  12, 16, 2, 0, /**/
    0, 0, 0,  6,  15, 14, 2, 0, /**/
    0, 0, 1,  16, 16, 1,  0, 0, /**/
    0, 0, 0,  12, 16, 1,  0, 0, /**/
    0, 0, 0,  6,  16, 6,  0, 0, /**/
    0, 0, 0,  12, 16, 5,  0, 0, /**/
    0, 1, 16, 16, 13, 1,  0, 0, /**/
};

/* No heap and nothing to set up: a network is a variable. */
static digits_network in_floats;
static digits_int8_network in_integers;

/* The digit with the highest score. */
static int best(const float *scores) {
    int digit = 0;
    for (int i = 1; i < DIGITS_SCORES_LEN; i++) {
        if (scores[i] > scores[digit]) {
            digit = i;
        }
    }
    return digit;
}

int main(void) {
    if (digits_init(&in_floats) != DIGITS_OK || digits_int8_init(&in_integers) != DIGITS_INT8_OK) {
        puts("a network is not ready");
        return 1;
    }
    /* With inputs of the caller's, .. */
    if (digits_run(&in_floats, image) != DIGITS_OK) {
        puts("it did not run");
        return 1;
    }
    /* .. or put in place, without a copy. */
    float *place = digits_int8_image(&in_integers);
    for (int i = 0; i < DIGITS_INT8_IMAGE_LEN; i++) {
        place[i] = image[i];
    }
    if (digits_int8_infer(&in_integers) != DIGITS_INT8_OK) {
        puts("it did not run");
        return 1;
    }
    printf("in floats: %d, in integers: %d\n", best(digits_scores(&in_floats)),
           best(digits_int8_scores(&in_integers)));
    printf("%d and %d bytes of working memory\n", DIGITS_ARENA_BYTES, DIGITS_INT8_ARENA_BYTES);
    return 0;
}

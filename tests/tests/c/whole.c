/* A network that has its memory and takes inputs as a whole: by `run`, in place, and as it must not be called. */
#include <stdio.h>
#include <string.h>

#include "digits.h"

static digits_network net, copy;
static float image[DIGITS_IMAGE_LEN];

#define EXPECT(what) \
    if (!(what)) { \
        fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
        return 1; \
    }

int main(void) {
    static const int shape[DIGITS_IMAGE_RANK] = DIGITS_IMAGE_SHAPE;
    int elements = 1;
    for (int i = 0; i < DIGITS_IMAGE_RANK; i++) {
        elements *= shape[i];
    }
    EXPECT(elements == DIGITS_IMAGE_LEN);
    EXPECT(fread(image, sizeof image, 1, stdin) == 1);

    EXPECT(digits_run(&net, image) == DIGITS_ERROR_NOT_READY);
    EXPECT(digits_scores(&net) == NULL && digits_image(&net) == NULL);
    EXPECT(digits_init(NULL) == DIGITS_ERROR_NULL);
    EXPECT(digits_init((digits_network *)((char *)&net + 4)) == DIGITS_ERROR_MISALIGNED);
    EXPECT(digits_init(&net) == DIGITS_OK);
    EXPECT(digits_run(NULL, image) == DIGITS_ERROR_NULL);
    EXPECT(digits_run(&net, NULL) == DIGITS_ERROR_NULL);
    /* The compiler would see it. */
    const float *volatile odd = (const float *)((const char *)image + 1);
    EXPECT(digits_run(&net, odd) == DIGITS_ERROR_MISALIGNED);
    memcpy(&copy, &net, sizeof net);
    EXPECT(digits_infer(&copy) == DIGITS_ERROR_NOT_READY);

    EXPECT(digits_run(&net, image) == DIGITS_OK);
    const float *place = digits_scores(&net);
    EXPECT((const char *)place >= (char *)&net && (const char *)(place + DIGITS_SCORES_LEN) <= (char *)(&net + 1));
    float scores[DIGITS_SCORES_LEN];
    memcpy(scores, place, sizeof scores);

    memcpy(digits_image(&net), image, sizeof image);
    EXPECT(digits_infer(&net) == DIGITS_OK);
    EXPECT(memcmp(scores, digits_scores(&net), sizeof scores) == 0);
    fwrite(scores, sizeof scores, 1, stdout);
    return 0;
}

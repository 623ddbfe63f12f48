/* Two networks in one program, each from a library that was built apart. */
#include <stdio.h>

#include "digits.h"
#include "lstm.h"

static digits_network digits;
static lstm_network lstm;
static float image[DIGITS_IMAGE_LEN];

int main(void) {
    if (fread(image, sizeof image, 1, stdin) != 1) {
        return 1;
    }
    if (lstm_init(&lstm) != LSTM_OK || digits_init(&digits) != DIGITS_OK) {
        return 2;
    }
    /* An image of 8 x 8 is 8 slices of 8. */
    for (int row = 0; row < 8; row++) {
        if (lstm_step(&lstm, image + 8 * row) != LSTM_OK) {
            return 3;
        }
    }
    if (digits_run(&digits, image) != DIGITS_OK) {
        return 4;
    }
    fwrite(digits_scores(&digits), sizeof(float), DIGITS_SCORES_LEN, stdout);
    fwrite(lstm_scores(&lstm), sizeof(float), LSTM_SCORES_LEN, stdout);
    return 0;
}

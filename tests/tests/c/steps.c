/* A network that takes time slice by slice: its answer is that after the last slice. */
#include <stdio.h>
#include <string.h>

#include "lstm.h"

static lstm_network net;
static float slice[LSTM_ROWS_LEN];

#define EXPECT(what) \
    if (!(what)) { \
        fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
        return 1; \
    }

int main(void) {
    EXPECT(lstm_step(&net, slice) == LSTM_ERROR_NOT_READY);
    EXPECT(lstm_init(&net) == LSTM_OK);
    /* What came before is forgotten. */
    memset(slice, 1, sizeof slice);
    EXPECT(lstm_step(&net, slice) == LSTM_OK);
    EXPECT(lstm_reset(&net) == LSTM_OK);
    while (fread(slice, sizeof slice, 1, stdin) == 1) {
        EXPECT(lstm_step(&net, slice) == LSTM_OK);
    }
    fwrite(lstm_scores(&net), sizeof(float), LSTM_SCORES_LEN, stdout);
    return 0;
}

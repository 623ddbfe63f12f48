// Two networks of one library in one arena, by the headers for C++: spans are of the right lengths, or it does not compile.
#include <array>
#include <cstdio>

#include "digits.hpp"
#include "digits_int8.hpp"

static_assert(DIGITS_ARENA_BYTES == DIGITS_INT8_ARENA_BYTES, "the arena is as large as the most demanding network needs");

alignas(DIGITS_ALIGN) static std::array<std::byte, DIGITS_ARENA_BYTES> arena;
static digits::Network in_floats;
static digits_int8::Network in_integers;

int main() {
    std::array<float, DIGITS_IMAGE_LEN> image;
    if (std::fread(image.data(), sizeof image, 1, stdin) != 1) {
        return 1;
    }
    // One after the other: each begins anew in the same memory.
    if (in_floats.init(arena) != DIGITS_OK || in_floats.run(image) != DIGITS_OK) {
        return 2;
    }
    const auto floats = in_floats.scores();
    std::fwrite(floats.data(), floats.size_bytes(), 1, stdout);
    if (in_integers.init(arena) != DIGITS_INT8_OK) {
        return 3;
    }
    const auto place = in_integers.image();
    for (std::size_t i = 0; i < place.size(); i++) {
        place[i] = image[i];
    }
    if (in_integers.infer() != DIGITS_INT8_OK) {
        return 4;
    }
    const std::span<const float, 10> integers = in_integers.scores();
    std::fwrite(integers.data(), integers.size_bytes(), 1, stdout);
    return 0;
}

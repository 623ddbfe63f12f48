/* What a Cortex-M4 on QEMU's board mps2-an386 does first. Chips have this from their vendors. */
#include <stdint.h>

extern uint32_t __stack;
void _start(void); /* newlib's: clears variables and calls main */

static void stop(void) {
    for (;;) {
    }
}

static void reset(void) {
    /* The floating point unit is off at first. */
    *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20;
    __asm__ volatile("dsb\n\tisb");
    _start();
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)&__stack, (uintptr_t)reset, (uintptr_t)stop, (uintptr_t)stop, (uintptr_t)stop, (uintptr_t)stop, (uintptr_t)stop,
};

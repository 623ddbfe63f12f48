//! The link to `mlc verify`: a serial port of 115,200 bits per second, on the pins that the nRF52840-DK connects with USB.

use crate::protocol::Link;
use embassy_nrf::peripherals::{P0_06, P0_08, UARTE0};
use embassy_nrf::uarte::{self, Config, InterruptHandler, Uarte};
use embassy_nrf::{Peri, bind_interrupts};

bind_interrupts!(struct Interrupts {
    UARTE0 => InterruptHandler<UARTE0>;
});

pub struct Port(Uarte<'static>);

impl Port {
    pub fn open(
        device: Peri<'static, UARTE0>,
        receive: Peri<'static, P0_08>,
        transmit: Peri<'static, P0_06>,
    ) -> Self {
        let config = Config::default();
        Port(Uarte::new(device, receive, transmit, Interrupts, config))
    }
}

impl Link for Port {
    type Error = uarte::Error;

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), uarte::Error> {
        self.0.blocking_read(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), uarte::Error> {
        self.0.blocking_write(bytes)
    }
}

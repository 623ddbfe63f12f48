//! The link to `mlc verify`: the serial port that the chip has on USB.

use crate::protocol::Link;
use core::convert::Infallible;
use esp_hal::Blocking;
use esp_hal::peripherals::USB_DEVICE;
use esp_hal::usb::usb_serial_jtag::UsbSerialJtag;

pub struct Usb(UsbSerialJtag<'static, Blocking>);

impl Usb {
    pub fn open(device: USB_DEVICE<'static>) -> Self {
        Usb(UsbSerialJtag::new(device))
    }
}

impl Link for Usb {
    type Error = Infallible;

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = loop {
                if let Ok(byte) = self.0.read_byte() {
                    break byte;
                }
            };
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        // It has no error but that of a type without values.
        let _ = self.0.write(bytes);
        let _ = self.0.flush_tx();
        Ok(())
    }
}

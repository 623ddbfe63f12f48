//! Lets the linker find what esp-hal places.

fn main() {
    println!("cargo:rustc-link-arg=-Tlinkall.x");
}

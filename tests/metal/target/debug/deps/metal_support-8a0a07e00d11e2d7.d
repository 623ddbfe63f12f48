/work/main/tests/metal/target/debug/deps/metal_support-8a0a07e00d11e2d7.d: support/src/lib.rs support/src/host.rs support/src/plain.rs Cargo.toml

/work/main/tests/metal/target/debug/deps/libmetal_support-8a0a07e00d11e2d7.rmeta: support/src/lib.rs support/src/host.rs support/src/plain.rs Cargo.toml

support/src/lib.rs:
support/src/host.rs:
support/src/plain.rs:
Cargo.toml:

# env-dep:CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
# env-dep:CLIPPY_CONF_DIR

/work/main/tests/metal/target/debug/deps/qcount-35aa351b8d0df64f.d: qcount/src/lib.rs qcount/src/api.rs Cargo.toml

/work/main/tests/metal/target/debug/deps/libqcount-35aa351b8d0df64f.rmeta: qcount/src/lib.rs qcount/src/api.rs Cargo.toml

qcount/src/lib.rs:
qcount/src/api.rs:
Cargo.toml:

# env-dep:CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
# env-dep:CLIPPY_CONF_DIR

//! The program: see `motcua --help`.

/// Batches are made of many small texts: with the C library's own allocator playing a year takes a quarter longer, with musl's three
/// times as long.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    motcua::cli::run()
}

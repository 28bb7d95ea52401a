//! The program: see `motcua --help`.

fn main() -> std::process::ExitCode {
    motcua::cli::run()
}

//! Clients and servers of others, from `tests/clients`.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

/// Where they are, installed once; `None` where there is no Node, or its packages cannot be fetched.
pub fn folder(package: &str) -> Option<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().expect("nobody panicked");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program)
            .args(arguments)
            .current_dir(&folder)
            .output();
        done.is_ok_and(|output| output.status.success())
    };
    let installed = || folder.join("node_modules").join(package).exists();
    let there = run("node", &["--version"])
        && (installed()
            || run(
                "npm",
                &["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            ));
    there.then_some(folder)
}

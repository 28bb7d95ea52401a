"""A real PostgreSQL of our own: the cluster of `scripts/postgres`, with its server stopped, killed, shifted and copied here."""

import csv
import io
import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from kit import Broken, ends_with_us, free_port

ROOT = Path(__file__).resolve().parents[2]
# Reads a line before it ends the cluster, so that it ends with us whatever happens.
KEEPER = """
source scripts/postgres
trap postgres_stop EXIT
postgres_start
printf '%s\\n%s\\n%s\\n%s\\n' "$MOTCUA_TEST_POSTGRES" "$MOTCUA_TEST_POSTGRES_DIR" "$postgres_bin" "$postgres_owner"
read -r _ || true
"""


class Server:
    """One data folder and the server on it."""

    def __init__(self, folder, binaries, owner, port, user, password, log):
        self.folder, self.binaries, self.owner, self.port = folder, binaries, owner, port
        self.user, self.password, self.log = user, password, log
        self.environment, self.database = {}, "postgres"

    def url(self, port=None, database=None):
        return f"postgres://{self.user}:{self.password}@127.0.0.1:{port or self.port}/{database or self.database}"

    def as_owner(self, *command, timeout=90, check=True):
        who = [] if os.geteuid() else ["setpriv", "--reuid", self.owner, "--regid", self.group(), "--clear-groups", "--"]
        # After the change of user: what libfaketime shares would belong to root otherwise.
        around = ["env", *(f"{name}={value}" for name, value in self.environment.items())]
        done = subprocess.run([*who, *around, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=timeout, cwd="/", env={**os.environ, "PGPASSWORD": self.password})
        if check and done.returncode != 0:
            raise Broken(f"{Path(str(command[0])).name}: {done.stdout[-600:]}")
        return done

    def group(self):
        return subprocess.run(["id", "-g", self.owner], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def start(self, environment=None):
        self.environment = environment or {}
        self.as_owner(self.binaries / "pg_ctl", "--pgdata", self.folder, "--log", self.log, "--options", f"-p {self.port}",
                      "--wait", "--timeout", "60", "--silent", "start")
        self.environment = {}

    def stop(self, mode="fast"):
        self.as_owner(self.binaries / "pg_ctl", "--pgdata", self.folder, "--mode", mode, "--wait", "--silent", "stop", check=False)

    def pid(self):
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self):
        """As the power would: the server and every process of it, by their ids."""
        postmaster = self.pid()
        children = [int(word) for word in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
        for pid in [postmaster, *children]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        end = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text() for pid in [postmaster]):
            if time.monotonic() > end:
                raise Broken("PostgreSQL outlives SIGKILL")
            time.sleep(0.02)

    def takes_connections(self):
        done = subprocess.run([self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)])
        return done.returncode == 0

    def ask(self, sql, database=None):
        """Rows of text."""
        done = subprocess.run([self.binaries / "psql", "-X", "-q", "--csv", "-t", "-v", "ON_ERROR_STOP=1", self.url(database=database),
                               "-c", sql], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Broken(f"psql: {done.stderr.strip()[-400:]}")
        csv.field_size_limit(1 << 26)
        return list(csv.reader(io.StringIO(done.stdout)))

    def set(self, **settings):
        for name, value in settings.items():
            self.ask(f"alter system set {name} = '{value}'")
        self.ask("select pg_reload_conf()")


class Cluster(Server):
    """Made by `scripts/postgres`, and gone when we are."""

    def __init__(self, run):
        self.keeper = subprocess.Popen(["bash", "-c", KEEPER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True, preexec_fn=ends_with_us)
        run.on_close(self.end)
        told = [self.keeper.stdout.readline().strip() for _ in range(4)]
        if not all(told):
            raise Broken(f"no PostgreSQL: {self.keeper.stderr.read()[-600:]}")
        url, self.home = urlsplit(told[0]), Path(told[1])
        super().__init__(self.home / "data", Path(told[2]), told[3], url.port, url.username, url.password, self.home / "log")
        self.standbys = []

    def end(self):
        for standby in self.standbys:
            standby.stop("immediate")
        self.keeper.stdin.close()
        self.keeper.wait(60)

    def standby(self, name="standby"):
        """A second server that follows this one by streaming."""
        folder = self.home / name
        port = free_port()
        self.as_owner(self.binaries / "pg_basebackup", "-h", "127.0.0.1", "-p", self.port, "-U", self.user, "-D", folder, "-R",
                      "-X", "stream", "-c", "fast", "--no-password")
        # The connection string that -R wrote has no name; synchronous_standby_names asks for one.
        connection = f"host=127.0.0.1 port={self.port} user={self.user} password={self.password} application_name={name}"
        text = f"\nprimary_conninfo = {shlex.quote(connection)}\nunix_socket_directories = '{self.home}'\n"
        with (folder / "postgresql.auto.conf").open("a") as settings:
            settings.write(text)
        made = Server(folder, self.binaries, self.owner, port, self.user, self.password, self.home / f"{name}.log")
        self.standbys.append(made)
        made.start()
        return made

    def promote(self, standby):
        standby.as_owner(self.binaries / "pg_ctl", "--pgdata", standby.folder, "--wait", "--silent", "promote")


def shifted(cluster, environment):
    """The same cluster with another clock."""
    cluster.stop()
    cluster.start(environment)


def remove(path):
    shutil.rmtree(path, ignore_errors=True)

"""A real Slurm on this host, thrown away afterwards: munged, slurmctld, and slurmd as nodes.

Debian's packages slurmctld, slurmd, slurm-client and munge are enough; no systemd, no cgroups, no
database. Nodes share the host's kernel and cores: this tests submission, flags, states and
recovery, not isolation or speed.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
#: Where Slurm's clients look. The executor drops SLURM_CONF before it calls srun, so a variable
#: is not enough.
ETC = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf", "cgroup.conf")

CONF = """\
ClusterName=saigen
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# cred_expire is also how long a requeued job is held back.
AuthInfo=socket={root}/munge/munge.sock,cred_expire=10
CredType=cred/munge
{listen}
SrunPortRange={srun_low}-{srun_high}
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd-%n.pid
SlurmctldLogFile={root}/log/slurmctld.log
SlurmdLogFile={root}/log/slurmd-%n.log
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
MpiDefault=none
SwitchType=switch/none
# Nodes may claim more than the machine has.
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=200
SlurmdTimeout=15
KillWait=20
CompleteWait=0
# Finished jobs stay in squeue: what they asked for, and where they ran, is the evidence.
MinJobAge=3600
JobRequeue=1
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
{nodes}
PartitionName=cpu Nodes={names} Default=YES MaxTime=UNLIMITED DefaultTime=5 State=UP PriorityTier=1
PartitionName=gpu Nodes={last} MaxTime=UNLIMITED DefaultTime=5 State=UP PriorityTier=1
PartitionName=urgent Nodes={names} MaxTime=UNLIMITED State=UP PriorityTier=10
"""


def missing() -> str:
    """Say what this host lacks for a cluster of its own; "" where it has all."""
    lacking = [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]
    if lacking:
        return f"no {', '.join(lacking)}: apt-get install slurmctld slurmd slurm-client munge"
    if os.geteuid():
        return "slurmd has to be root"
    taken = [name for name in FILES if (ETC / name).exists() and not (ETC / name).is_symlink()]
    return f"{ETC / taken[0]} is there: this host belongs to a cluster" if taken else ""


_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Cluster:
    """Nodes c1, c2, …; the last has two GPUs that are none (clones of /dev/null).

    Args:
      root: folder for keys, sockets, state and logs.
      nodes: how many slurmd.
      cpus, memory_mb: what each claims to have.
      port: the first of the ports used.
    """

    def __init__(
        self, root: Path, nodes: int = 2, cpus: int = 4, memory_mb: int = 12000, port: int = 16817
    ) -> None:
        self.root, self._port = root, port
        self.names = [f"c{number}" for number in range(1, nodes + 1)]
        self._cpus, self._memory = cpus, memory_mb
        self._daemons: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        """Start everything and wait until every node is idle."""
        for folder in ("munge", "log", "state", "spool"):
            (self.root / folder).mkdir(parents=True)
        self.root.chmod(0o755)
        (self.root / "munge").chmod(0o755)
        key = self.root / "munge" / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        self._write_configuration()
        beside = self.root / "munge"
        self._launch(
            "munged",
            *("munged", "-F", "--force", f"--key-file={key}", f"--socket={beside / 'munge.sock'}"),
            *(f"--pid-file={beside / 'pid'}", f"--seed-file={beside / 'seed'}"),
            f"--log-file={beside / 'log'}",
        )
        self._wait("munged", lambda: (beside / "munge.sock").exists())
        self._launch("slurmctld", "slurmctld", "-D", "-c", "-f", str(self.root / "slurm.conf"))
        for name in self.names:
            self.start_node(name)
        self._wait("nodes", lambda: self.ask("sinfo", "-h", "-N", "-t", "idle", "-o", "%N") != "")
        self._wait("nodes", lambda: len(self.idle()) == len(self.names))

    def start_node(self, name: str) -> None:
        """Start one slurmd, or bring it back."""
        self._launch(name, "slurmd", "-D", "-N", name, "-f", str(self.root / "slurm.conf"))

    def lose_node(self, name: str) -> None:
        """Kill a slurmd and all that runs under it, as a power cut would."""
        for pid in self._under(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._daemons.pop(name).wait()

    def stop(self) -> None:
        """Stop everything, last started first, and take the links away."""
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            self.ask("scancel", "--user=root")
        for name in reversed(list(self._daemons)):
            daemon = self._daemons.pop(name)
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for name in FILES:
            if (ETC / name).is_symlink():
                (ETC / name).unlink()

    def ask(self, *command: str) -> str:
        """Return what one of Slurm's commands says."""
        found = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=os.environ | {"PATH": _PATH}
        )
        return found.stdout.strip()

    def idle(self) -> set[str]:
        """Return the names of the idle nodes."""
        return set(self.ask("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").split())

    def jobs(self) -> list[dict[str, str]]:
        """Return what Slurm knows of every job, finished ones too, in order of submission."""
        said = self.ask("scontrol", "show", "job", "-d", "-o")
        lines = [line for line in said.splitlines() if line.startswith("JobId=")]
        return [dict(p.split("=", 1) for p in line.split() if "=" in p) for line in lines]

    def _under(self, name: str) -> list[int]:
        """Return a node's daemon, its step daemons and all their children."""
        said = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout
        rows = [line.split(None, 2) for line in said.splitlines()[1:]]
        jobs = [job["JobId"] for job in self.jobs() if job.get("BatchHost") == name]
        # A step's daemon is nobody's child; its title is `slurmstepd: [<job>.<step>]`.
        mine = tuple(f"slurmstepd: [{job}." for job in jobs)
        steps = [int(pid) for pid, _, title in rows if title.startswith(mine)]
        found, left = [], [self._daemons[name].pid, *steps]
        while left:
            found.append(left.pop())
            left += [int(pid) for pid, parent, _ in rows if int(parent) == found[-1]]
        return found

    def _launch(self, name: str, *command: str) -> None:
        with (self.root / "log" / f"{name}.out").open("a") as log:
            self._daemons[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | {"PATH": _PATH},
            )

    def _wait(self, what: str, is_there, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not is_there():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come up; see {self.root / 'log'}")
            time.sleep(0.2)

    def _write_configuration(self) -> None:
        gpus = self.root / "gres"
        gpus.mkdir()
        for number in range(2):  # a plain file is refused: it has to be a device
            os.mknod(gpus / f"gpu{number}", 0o666 | 0o020000, os.makedev(1, 3))
        shape = f"CPUs={self._cpus} RealMemory={self._memory} TmpDisk=1000 State=UNKNOWN"
        nodes = "\n".join(
            f"NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={self._port + number} "
            + ("Gres=gpu:fake:2 " if name == self.names[-1] else "")
            + shape
            for number, name in enumerate(self.names, start=100)
        )
        # Slurm binds to the address of the host's own name; on loopback only if that is there.
        try:
            local = socket.gethostbyname(socket.gethostname()) == "127.0.0.1"
        except OSError:
            local = False
        listen = "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny" if local else ""
        conf = CONF.format(
            port=self._port,
            root=self.root,
            listen=listen,
            srun_low=self._port + 1000,
            srun_high=self._port + 1999,
            nodes=nodes,
            names=",".join(self.names),
            last=self.names[-1],
        )
        gres = f"NodeName={self.names[-1]} AutoDetect=off Name=gpu Type=fake File={gpus}/gpu[0-1]"
        cgroup = "CgroupAutomount=no\nConstrainCores=no\nConstrainRAMSpace=no"
        ETC.mkdir(exist_ok=True)
        for name, text in zip(FILES, (conf, gres, cgroup), strict=True):
            (self.root / name).write_text(text + "\n", encoding="utf-8")
            with contextlib.suppress(FileNotFoundError):
                (ETC / name).unlink()
            (ETC / name).symlink_to(self.root / name)

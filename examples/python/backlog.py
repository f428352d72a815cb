#!/usr/bin/env python3
"""backlog.py: on which releases does listen(fd, 65536) leave room for nobody? And does Linux allow listen(fd, -1) to fail?"""
import weir

full = []
for profile in weir.profiles():
    host = weir.Host(profile, sysctl={"net.core.somaxconn": 65536})
    fd = host.apply(op="socket", family="inet", type="stream")["ret"]
    host.apply(op="listen", fd=fd, backlog=65536)
    if host.apply(op="tcp_info", fd=fd)["sacked"] == 0:
        full.append(profile)
print(f"listen(fd, 65536) stores 0 on {full[0]} to {full[-1]}")

judge = weir.Judge("linux-6.18")
judge.observe(op="socket", family="inet", type="stream", ret=3)
before = judge.snapshot()
try:
    judge.observe(op="listen", fd=3, backlog=-1, ret=-1, errno="EINVAL")
except weir.Diverged as why:
    print(why)
before.observe(op="listen", fd=3, backlog=-1, ret=0)
before.observe(op="tcp_info", fd=3, state="LISTEN", sacked=4096)
print("a backlog of -1 is somaxconn")

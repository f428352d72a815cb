'use strict';
// Stories to be opened by link, #scenario=NAME. A step is what one would press: a call of the model, and why it is made.
const opened = backlog => [['a program opens a socket', 'socket'], ['on port 80', 'bind', 80], [`and listens with ${backlog}`, 'listen', backlog]];

const scenarios = {
  '65536': {
    title: 'A limit of 65536 is none', release: 'linux-2.6.32',
    about: 'The limit of the accept queue was an unsigned short until 4.0. Who wanted it as large as can be got the smallest that there is.',
    steps: [['somaxconn is raised to 65536', 'write', 'net.core.somaxconn', '65536'], ...opened(65536),
      ['a peer connects', 'syn', 1], ['and is let in', 'ack', 1], ['the next one is welcomed', 'syn', 2],
      ['and finds no room: it has to wait', 'ack', 2], ['a third one', 'syn', 3], ['and a fourth', 'syn', 4]],
  },
  'listen0': {
    title: 'listen(fd, 0) on 4.4 to 6.12', release: 'linux-5.4',
    about: 'A SYN queue whose limit is the backlog is full when it is empty, if the backlog is 0. Try the same with 6.18, or with 2.6.32.',
    steps: [...opened(0), ['the first SYN gets a cookie: nothing of it is kept', 'syn', 1], ['its ACK brings the cookie back', 'ack', 1],
      ['the program takes it', 'accept'], ['without cookies', 'write', 'net.ipv4.tcp_syncookies', '0'], ['nobody is answered at all', 'syn', 2]],
  },
  'ghosts': {
    title: "Cookies' ghosts", release: 'linux-5.4',
    about: 'With cookies more peers are told that they are welcome than there is room for. They believe to be connected; the kernel knows nothing of them.',
    steps: [...opened(1), ['the first SYN is kept', 'syn', 1], ['the second gets a cookie', 'syn', 2], ['so does the third', 'syn', 3],
      ['and the fourth', 'syn', 4], ['the first is let in', 'ack', 1], ['the second as well: one more than the backlog', 'ack', 2],
      ['the third has a good cookie, and there is no room', 'ack', 3], ['so it is with the fourth', 'ack', 4],
      ['the counters say so', 'netstat'], ['the program takes one', 'accept'], ['a ghost that speaks again is let in', 'ack', 3]],
  },
  'squeezed': {
    title: 'The squeezed softirq', release: 'linux-6.18',
    about: 'The receive softirq may deliver so many packets in so much time. What it leaves waits, and what comes meanwhile may be dropped.',
    steps: [['a CPU shall keep 40 packets', 'write', 'net.core.netdev_max_backlog', '40'], ['a poll shall take 8', 'write', 'net.core.dev_weight', '8'],
      ['and a run 24', 'write', 'net.core.netdev_budget', '24'], ['60 packets come', 'flood', 60],
      ['the softirq runs, and the poll learns of its weight', 'softirq', 0], ['30 more come', 'flood', 30],
      ['it runs again, and the clock ticks after 4 packets', 'softirq', 4], ['what /proc/net/softnet_stat says', 'stat'],
      ['30 more', 'flood', 30], ['a run that has time', 'softirq', 0], ['and another', 'softirq', 0]],
  },
};

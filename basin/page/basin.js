'use strict';
// The page around the model. It asks, and shows what it is told: whether something fits, is dropped, or is over its time is
// decided by the model alone.
const byId = id => document.getElementById(id);
const basin = {done: [], waiting: new Set(), peers: 0, packets: 0, socket: false, scenario: null, at: 0};

const call = (name, ...given) => JSON.parse(basin.model.ccall(`basin_${name}`, 'string',
  given.map(each => typeof each == 'string' ? 'string' : 'number'), given));

// One operation, and what it did.
function ask(name, ...given) {
  const told = call(name, ...given);
  if (told.error) throw new Error(told.error);
  basin.state = told.state;
  const {asked, line} = told;
  if (line.op == 'netif_rx' && line.ret == 'NET_RX_SUCCESS') basin.waiting.add(line.skb);
  for (const skb of line.delivered ?? []) basin.waiting.delete(skb);
  const answer = Object.fromEntries(Object.entries(line).filter(([name]) => !(name in asked) && name != 'clauses'));
  basin.done.push({line, call: asked.op ? callText(asked) : '', answer: answerText(answer), clauses: line.clauses ?? []});
}

// What can be done: each is one operation or several of a kind.
const deeds = {
  write: (name, value) => ask('write', name, value),
  socket: () => { ask('socket'); basin.socket = true; },
  bind: port => ask('bind', port),
  listen: backlog => ask('listen', backlog),
  accept: () => ask('accept'),
  syn: peer => { basin.peers = Math.max(basin.peers, peer); ask('syn', peer); },
  ack: peer => ask('ack', peer),
  advance: seconds => ask('advance', 1000 * seconds),
  netstat: () => ask('netstat'),
  flood: packets => { for (let left = packets; left > 0; --left) ask('netif_rx', ++basin.packets); },
  softirq: tickAfter => ask('net_rx_action', tickAfter),
  poll: quota => ask('process_backlog', quota),
  stat: () => ask('softnet_stat'),
};

const listener = () => basin.state.sockets?.find(each => each.state == 'LISTEN');

function drawTank(name, unit, used, room, most) {
  const tank = byId(`tank-${name}`), walls = tank.querySelector('.walls'), note = tank.querySelector('.note');
  const none = used === undefined || room === null;
  walls.classList.toggle('full', !none && room == 0);
  walls.firstChild.style.height = none || used == 0 ? '0' : `${100 * used / (used + room)}%`;
  note.textContent = none ? 'nobody listens' : `${grouped(used)} ${unit}, room for ${room >= most ? `${most} or more` : room} new ${name == 'softnet' ? 'ones' : 'peers'}`;
}

function drawTanks() {
  const room = call('room'), socket = listener();
  drawTank('syn', 'requests', socket?.qlen, room.syn, room.most);
  drawTank('accept', 'connections', socket?.sk_ack_backlog, room.accept, room.most);
  drawTank('softnet', 'packets', basin.waiting.size, room.softnet, room.most);
  const space = basin.state.namespaces?.[0], cpu = basin.state.cpus?.[0] ?? {};
  const counters = {...space?.netstat, 'softnet processed': cpu.processed, 'softnet dropped': cpu.dropped, time_squeeze: cpu.time_squeeze};
  byId('counters').textContent = basin.state.crashed ? 'This kernel has crashed.'
    : Object.entries(counters).filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(' · ') || 'All counters are 0.';
}

// The rules of several operations of one deed, each once.
function drawWhy(done) {
  const last = done.at(-1), list = make('ul');
  byId('why').replaceChildren();
  if (!last?.call) return;
  for (const name of new Set(done.flatMap(each => each.clauses))) {
    const clause = basin.clauses[name];
    list.append(make('li', {}, make('strong', {}, name), ` ${clause.sentence}`, make('span', {class: 'faint'}, ` ${clause.function}`)));
  }
  byId('why').append(make('p', {}, make('code', {}, last.call), ' → ', make('code', {}, last.answer),
    done.length > 1 ? `, the last of ${done.length}` : ''), list);
}

function drawLog(done) {
  for (const each of done) if (each.call) byId('log').prepend(rowOf([each.call, each.answer, each.clauses.join(' ')]));
  byId('trace').textContent = basin.done.map(({line: {clauses, ...line}}) => JSON.stringify(line)).join('\n') + '\n';
}

// Does one deed and shows it.
function act(name, ...given) {
  const from = basin.done.length;
  try {
    deeds[name](...given);
  } catch (error) {  // the model refuses what is no operation, such as a value that a field cannot have
    byId('why').replaceChildren(make('p', {class: 'bad', role: 'alert'}, error.message));
    return;
  }
  const done = basin.done.slice(from);
  drawTanks();
  drawWhy(done);
  drawLog(done);
}

function begin(release) {
  Object.assign(basin, {done: [], waiting: new Set(), peers: 0, packets: 0, socket: false});
  byId('log').replaceChildren();
  byId('release').value = release;
  ask('begin', release);
  drawTanks();
  drawWhy([]);
  drawLog([]);
}

function drawScenario() {
  const {scenario, at} = basin;
  byId('told').hidden = !scenario;
  if (!scenario) return;
  byId('told').querySelector('h2').textContent = scenario.title;
  byId('told').querySelector('.about').textContent = scenario.about;
  byId('told').querySelector('ol').replaceChildren(...scenario.steps.map(([text, ...step], number) =>
    make('li', {class: number < at ? 'done' : number == at ? 'next' : ''}, `${text}: `, make('code', {}, step.join(' ')))));
  for (const id of ['step', 'rest']) byId(id).disabled = at >= scenario.steps.length;
}

function stepScenario() {
  const [, ...step] = basin.scenario.steps[basin.at++];
  act(...step);
  drawScenario();
}

// A link says what is opened: #scenario=NAME, and &release=NAME for another kernel.
function open() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  basin.scenario = Object.hasOwn(scenarios, wanted.get('scenario') ?? '') ? scenarios[wanted.get('scenario')] : null;
  basin.at = 0;
  const release = wanted.get('release') ?? basin.scenario?.release ?? basin.profiles.at(-1);
  begin(basin.profiles.includes(release) ? release : basin.profiles.at(-1));
  if (!basin.scenario) for (const [, ...step] of opened(5)) act(...step);
  drawScenario();
}

const number = id => Number(byId(id).value);
const buttons = {
  write: () => act('write', byId('knob').value, byId('value').value),
  listen: () => { for (const [, ...step] of basin.socket ? [] : opened(0).slice(0, 2)) act(...step); act('listen', number('backlog')); },
  accept: () => act('accept'),
  syn: () => act('syn', basin.peers + 1),
  ack: () => act('ack', number('peer')),
  advance: () => act('advance', number('seconds')),
  flood: () => act('flood', Math.min(number('packets'), 5000)),
  softirq: () => act('softirq', number('tick')),
  poll: () => act('poll', number('quota')),
};

function setUp(model) {
  basin.model = model;
  Object.assign(basin, {profiles: call('profiles'), clauses: call('clauses')});
  byId('release').append(...basin.profiles.map(name => make('option', {}, name)));
  byId('knob').append(...call('knobs').map(name => make('option', {}, name)));
  for (const [name, title] of [['syn', 'SYN queue'], ['accept', 'Accept queue'], ['softnet', 'Backlog of the CPU']])
    byId('tanks').append(make('div', {class: 'tank', id: `tank-${name}`}, make('h3', {}, title),
      make('div', {class: 'walls'}, make('div', {class: 'water'})), make('div', {class: 'note', role: 'status'})));
  for (const [name, scenario] of Object.entries(scenarios))
    byId('scenarios').append(make('a', {href: `#scenario=${name}`}, scenario.title));
  for (const button of document.querySelectorAll('button[data-do]'))
    button.addEventListener('click', () => buttons[button.dataset.do]());
  byId('step').addEventListener('click', stepScenario);
  byId('rest').addEventListener('click', () => { while (basin.at < basin.scenario.steps.length) stepScenario(); });
  byId('release').addEventListener('change', () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    wanted.set('release', byId('release').value);
    location.hash = wanted;
  });
  addEventListener('hashchange', open);
  open();
  document.body.dataset.ready = 'yes';
}

weirModel().then(setUp);

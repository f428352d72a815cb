// Plots of the drain, from what `weir bench --json` writes.
const shareOf = (samples, share) => [...samples].sort((a, b) => a - b)[Math.round(share * (samples.length - 1))];
const median = samples => shareOf(samples, 0.5);

function machineText(bench) {
  const machine = bench.machine;
  return `${machine.processor}, ${machine.cores} cores, ${machine.system}; ${machine.compiler}; ${bench.rounds} rounds; ` +
    `${machine.when}; load ${machine.load}`;
}

function drainPlots(bench, into) {
  const names = [...new Set(bench.drain.flatMap(cell => Object.keys(cell.ns_per_packet)))];
  const colour = name => name == 'lock-free' ? '#c00' : name == 'floor' ? '#888' : hue(names.indexOf(name));
  const cells = (where, payload, quota) => bench.drain
    .filter(cell => cell.where == where && cell.payload == payload && cell.quota == quota)
    .sort((a, b) => a.burst - b.burst);
  const draw = (title, unit, some, figure) => plot(into, title, 'line', {
    labels: some.map(cell => cell.burst),
    datasets: names.map(name => ({label: name, data: some.map(cell => figure(cell, name)), borderColor: colour(name),
      backgroundColor: colour(name), borderWidth: name == 'lock-free' || name == 'floor' ? 3 : 1})),
  }, {y: axis(unit, {type: 'logarithmic'}), x: axis('packets in a burst')});
  for (const where of ['cross-core', 'same-core'])
    for (const payload of ['untouched', 'read']) {
      const some = cells(where, payload, 64);
      if (some.length == 0) continue;
      const ns = (cell, name) => cell.ns_per_packet[name] ? median(cell.ns_per_packet[name]) : null;
      draw(`Cost: ${where}, payload ${payload}, quota 64`, 'ns a packet', some, ns);
      draw(`Multiples of the floor: ${where}, payload ${payload}, quota 64`, 'times the floor', some,
        (cell, name) => ns(cell, name) === null ? null : ns(cell, name) / ns(cell, 'floor'));
    }
}

function drainTable(bench) {
  const table = make('table');
  table.append(rowOf(['cell', 'burst', 'quota', 'lock-free', 'of it, tenths 1 to 9', 'best rival', '', 'times', 'floor',
    'of floor'], 'th'));
  for (const cell of bench.drain) {
    const ns = cell.ns_per_packet, ours = median(ns['lock-free']), floor = median(ns.floor);
    const [best, name] = Object.keys(ns).filter(each => each != 'lock-free' && each != 'floor')
      .map(each => [median(ns[each]), each]).sort((a, b) => a[0] - b[0])[0] ?? [NaN, ''];
    const tenths = [0.1, 0.9].map(share => shareOf(ns['lock-free'], share).toFixed(2)).join(' to ');
    table.append(rowOf([`${cell.where}, ${cell.payload}`, cell.burst, cell.quota, ours.toFixed(2), tenths, best.toFixed(2),
      name, (best / ours).toFixed(2), floor.toFixed(2), (ours / floor).toFixed(2)], 'td', ours <= best ? 'won' : 'lost'));
  }
  return table;
}

// Plots of what the drain benchmark measures besides its steady cells: a line a contender, ours and the floor strong.
function scenePlots(bench, into) {
  const scenes = bench.scenes ?? [];
  const draw = (title, unit, under, some, label, figure = 'ns') => {
    if (some.length == 0) return;
    const names = [...new Set(some.flatMap(cell => Object.keys(cell.contenders)))];
    const colour = name => name == 'lock-free' ? '#c00' : name == 'floor' ? '#888' : hue(names.indexOf(name));
    plot(into, title, 'line', {
      labels: some.map(label),
      datasets: names.map(name => ({label: name, borderColor: colour(name), backgroundColor: colour(name),
        borderWidth: name == 'lock-free' || name == 'floor' ? 3 : 1,
        data: some.map(cell => cell.contenders[name]?.[figure] ? median(cell.contenders[name][figure]) : null)})),
    }, {y: axis(unit, {type: 'logarithmic'}), x: axis(under)});
  };
  const of = (scene, wanted) => scenes.filter(cell => cell.scene == scene && wanted(cell.cell.split('/')));
  const part = number => cell => cell.cell.split('/')[number];
  const cores = bench.machine.cores;
  const marked = cell => `${part(0)(cell)}${cell.threads > cores ? ` (${cell.threads} threads on ${cores} cores)` : ''}`;
  draw('Cost: several producers, bursts of 32', 'ns a packet', 'producers', of('crowd', ([, burst]) => burst == 32), marked);
  for (const limit of [64, 1000])
    draw(`Cost: more than can be drained, limit ${limit}`, 'ns a delivered packet', 'packets in a burst',
      of('overload', ([of_limit]) => of_limit == limit), part(1));
  draw('Cost: trains of 256 packets that find the backlog asleep', 'ns a packet', 'packets in a burst', of('bursty', () => true), part(0));
  for (const [figure, title] of [['ns', 'half of the packets'], ['p99', '99 of 100 packets'], ['p99.9', '999 of 1000 packets']])
    draw(`From arrival to delivery: ${title} wait no longer than`, 'ns', 'load in percent', of('latency', () => true), part(0), figure);
  for (const lane of ['owner', 'shared'])
    for (const payload of ['untouched', 'read'])
      draw(`Growth: one thread fills (${lane} lane) and drains, payload ${payload}`, 'ns a packet', 'packets that wait',
        of('growth', ([its_lane, its_payload]) => its_lane == lane && its_payload == payload), part(2));
}

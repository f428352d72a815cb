// What `weir explore --json` writes: clients with their figures, and an execution of each as threads and events.
function executionTable(client) {
  const threads = 1 + Math.max(...client.events.map(event => event.thread));
  const table = make('table', {class: 'threads'});
  const heads = [...Array(threads).keys()].map(number => `thread ${number}`);
  table.append(rowOf([...heads, 'where'], 'th'));
  for (const event of client.events) {
    const row = Array(threads + 1).fill('');
    row[event.thread] = event.text;
    row[threads] = event.line ? `${event.file}:${event.line}` : '';
    table.append(rowOf(row));
  }
  return make('div', {class: 'scrolls', tabindex: 0, role: 'group', 'aria-label': `an execution of ${client.client}`}, table);
}

function exploredList(into) {
  if (!weir.explored) return false;
  const sum = weir.explored.reduce((total, each) => total + each.executions, 0);
  into.append(make('p', {}, `${grouped(sum)} executions of ${weir.explored.length} clients.`));
  for (const client of weir.explored) {
    const good = client.planted ? client.verdict == 'counterexample' : client.verdict == 'complete';
    const verdict = client.planted ? (good ? 'planted, found' : 'planted, not found') : client.verdict;
    const details = make('details', {class: 'execution'}, make('summary', {}, make('strong', {}, client.client), ' ',
      make('span', {class: good ? 'good' : 'bad'}, verdict), `, ${grouped(client.executions)} executions in ${client.seconds.toFixed(2)} s`));
    details.addEventListener('toggle', () => {
      if (!details.open || details.childElementCount > 1) return;
      details.append(make('p', {}, client.sentence));
      if (client.why) details.append(make('p', {class: 'bad'}, client.why));
      if (client.events.length) details.append(executionTable(client));
      if (client.events.length && !client.planted)
        details.append(make('pre', {}, `weir explore ${client.client} --replay ${client.replay}`));
    });
    into.append(details);
  }
  return true;
}

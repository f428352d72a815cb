document.getElementById('machine').textContent = machineText(weir);
drainPlots(weir, document.getElementById('plots'));
document.getElementById('cells').append(drainTable(weir));

document.getElementById('machine').textContent = machineText(weir);
drainPlots(weir, document.getElementById('plots'));
scenePlots(weir, document.getElementById('plots'));
document.getElementById('cells').append(drainTable(weir));

const signals = ['SIGTERM', 'SIGINT'] as const;

/** On SIGTERM or SIGINT: stops, then exits 0. A second signal ends the process at once. The function returned takes that back. */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  let asked = false;
  const onSignal = () => {
    if (asked) process.exit(130);
    asked = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}

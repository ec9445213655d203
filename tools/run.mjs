// Every root script goes through here, so that an install that failed half-way says so
// instead of running on whatever Node the machine happens to have.
const [major] = process.versions.node.split('.').map(Number);
const name = process.argv[2];
if (major < 24) {
  console.error(
    `jetsaga: this needs the Node 24 that the install brings along, but it runs on ${process.version}.\n` +
      'The install did not finish. Run `npx --yes pnpm@12.21.0 install`, mend what it reports, and try again.',
  );
  process.exit(1);
}
process.argv.splice(2, 1);
await import(`./scripts/${name}.ts`);

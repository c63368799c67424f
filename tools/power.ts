// `npm run power`: test/native/power.ts in every flash operation, and in every one of what follows. Takes half an hour.
import { cutPower } from "../test/native/power.ts";
import { program } from "../test/native/program.ts";

if (!program) process.exit(1); // it has said why
const counts = await cutPower(1, ({ cuts, again }) => void process.stderr.write(`\r${cuts + again} cuts `));
console.log(
  `\n${counts.cuts} power cuts in the ${counts.operations} flash operations of an update, then the old model ${counts.old} times, ` +
    `the new one ${counts.new} times; ${counts.again} cuts in what followed, and always one of the two`,
);

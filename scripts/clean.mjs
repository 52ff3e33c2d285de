import { rmSync } from 'node:fs';

// The compiler leaves behind what it made of files that are gone; a package must not ship that.
for (const folder of ['dist', 'build']) rmSync(folder, { recursive: true, force: true });

// What every platform of the packages has beside ECMAScript 2017.
declare function setTimeout(work: () => void, milliseconds: number): number;
declare function clearTimeout(timer: number): void;

export declare const names: readonly string[];
export declare function typesOf(name: string): Promise<string>;
export declare function fileOf(name: string): string;

// The operations of a page's graph, a line each: this module is written anew for every page (live.py).
export const RULES = [];

import { definePage } from "../../lib/page";
definePage({ texts: "me", view: () => ({}) });

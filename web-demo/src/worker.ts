// The engine's worker. Rules run only here.
import { serve } from "longma/worker";

serve();

// Package opinion asks a language model for a second opinion on items that the
// classifier is not sure of. The model answers by the protocol of OpenAI's chat
// completions, which Ollama, vLLM and hosted services speak; the operator chooses
// which one, or none.
//
// Neither the document nor the model is trusted. The document may hold instructions
// to the model; therefore the answer is read strictly: only words of the closed
// lists count, only ids of dossiers that were offered, and all else is dropped and
// said. What is left stands beside our tags and changes none of them.
package opinion

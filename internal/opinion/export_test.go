package opinion

// ReadAnswer is for fuzzing, which a server in between would slow down.
var ReadAnswer = readAnswer

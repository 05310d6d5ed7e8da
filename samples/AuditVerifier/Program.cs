// Audits a file of responses: how many are right, which rule found each answer, which golds nobody can match, and where a second verifier disagrees.
//
//   dotnet run --project samples/AuditVerifier -- samples/AuditVerifier/example.jsonl --preset Evaluation --second other
//
// Expected output: a table of verdicts by extraction rule (7 rows: 5 right, 1 wrong, 1 with an unreadable gold), the unreadable gold, and one
// disagreement, where the other verifier missed that 0.5 is 1/2.

using System.Globalization;
using AuditVerifier;
using Mel.Runtime;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await new CommandLineProgram().RunAsync(AuditCommand.Create(Audit.RunAsync).Parse(args));

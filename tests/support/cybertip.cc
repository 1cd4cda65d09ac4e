#include "tests/support/cybertip.h"

#include <stdexcept>

namespace samples {

namespace json = boost::json;

namespace {

constexpr std::string_view reporter = "<reporter><reportingPerson><firstName>Rita</firstName></reportingPerson></reporter>";

constexpr std::string_view person = R"(<firstName>Ned</firstName><lastName>Nobody</lastName>
      <phone type="Mobile" verified="true" verificationDate="2024-01-02T03:04:05-08:00" countryCallingCode="+1" extension="12">5550100</phone>
      <phone>5550101</phone>
      <email type="Home" verified="false">ned@example.org</email>
      <address type="Home"><address>1 Main St</address><city>Austin</city><zipCode>73301</zipCode><state>TX</state><country>US</country></address>
      <age>44</age><dateOfBirth>1980-02-29</dateOfBirth>)";

constexpr std::string_view contact = R"(<firstName>Cora</firstName><lastName>Contact</lastName><phone>5550102</phone><email>cora@example.org</email>
      <address><nonUsaState>Ontario</nonUsaState><country>CA</country></address>)";

constexpr std::string_view account = R"(<espIdentifier>u-17</espIdentifier><espService>Example Chat</espService><compromisedAccount>false</compromisedAccount>
    <screenName>nobody17</screenName><displayName>Nobody</displayName><displayName>No One</displayName>
    <profileUrl>https://chat.example/u-17</profileUrl><profileBio>I am &lt;nobody&gt;</profileBio>
    <ipCaptureEvent><ipAddress>192.0.2.7</ipAddress><eventName>Login</eventName><dateTime>2024-03-05T14:00:00-05:00</dateTime>
      <possibleProxy>true</possibleProxy><port>443</port></ipCaptureEvent>
    <ipCaptureEvent><ipAddress>2001:db8::7</ipAddress></ipCaptureEvent>
    <deviceId><idType>IMEI</idType><idValue>350000000000006</idValue><eventName>Upload</eventName><dateTime>2024-03-05T14:00:00Z</dateTime></deviceId>)";

constexpr std::string_view fate = R"(<accountTemporarilyDisabled disabledDate="2024-03-05T15:00:00Z" userNotified="true" userNotifiedDate="2024-03-05T15:01:00Z"
      reenabledDate="2024-03-06T15:00:00Z">true</accountTemporarilyDisabled>
    <accountPermanentlyDisabled disabledDate="2024-03-07T15:00:00Z" userNotified="false" userNotifiedDate="2024-03-07T15:01:00Z">true</accountPermanentlyDisabled>
    <estimatedLocation verified="true" timestamp="2024-03-05T14:00:00Z"><city>Pristina</city><region>PR</region><countryCode>XK</countryCode>
      </estimatedLocation>
    <allEmailsReported>true</allEmailsReported>)";

constexpr std::string_view associated = R"(<associatedAccount type="Parent/Guardian"><platform thirdPartyUser="true">Other</platform>
      <firstName>Pat</firstName><middleName>P</middleName><lastName>Parent</lastName>
      <approximateAge>50</approximateAge><dateOfBirth>1974-01-01</dateOfBirth><phone>5550103</phone><email>pat@example.org</email>
      <allEmailsReported>false</allEmailsReported>
      <address><city>Lima</city><country>PE</country></address><espService>Example Chat</espService><espIdentifier>u-18</espIdentifier>
      <profileUrl>https://chat.example/u-18</profileUrl>
      <screenName>pat</screenName><displayName>Pat</displayName><profileBio>parent</profileBio><groupIdentifier>g-2</groupIdentifier>
      <compromisedAccount>true</compromisedAccount>
      <accountTemporarilyDisabled>false</accountTemporarilyDisabled><accountPermanentlyDisabled>false</accountPermanentlyDisabled>
      <ipCaptureEvent><ipAddress>192.0.2.8</ipAddress></ipCaptureEvent><deviceId><idType>MAC</idType><idValue>02:00:00:00:00:01</idValue></deviceId>
      <priorCTReport>7003</priorCTReport><additionalInfo>about Pat</additionalInfo></associatedAccount>)";

std::string document(std::string_view root, std::string_view content) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><" + std::string(root) + '>' + std::string(content) + "</" + std::string(root) + '>';
}

std::string element(std::string_view name, std::string_view content) {
  return '<' + std::string(name) + '>' + std::string(content) + "</" + std::string(name) + '>';
}

std::string details_of_incident() {
  const std::string ip = "<ipCaptureEvent><ipAddress>192.0.2.9</ipAddress></ipCaptureEvent>";
  const std::string email = R"(<emailAddress type="Work" verified="true">a@example.org</emailAddress><content>Subject: hi</content>
      <additionalInfo>mail</additionalInfo>)";
  std::string all;
  for (const auto& each :
       {R"(<webPageIncident thirdPartyHostedContent="true"><url>https://a.example/1</url><url>https://a.example/2</url>
      <additionalInfo>page</additionalInfo></webPageIncident>)" + std::string(),
        element("emailIncident", email), element("newsgroupIncident", "<name>alt.x</name>" + email),
        element("chatImIncident",
            "<chatClient>Example Chat</chatClient><chatRoomName>room</chatRoomName><content><![CDATA[a <b> & c]]></content><additionalInfo>chat</additionalInfo>"),
        element("onlineGamingIncident", "<gameName>Game</gameName><console>Box</console><content>gg</content><additionalInfo>game</additionalInfo>"),
        element("cellPhoneIncident",
            "<phoneNumber>5550104</phoneNumber><latitude>30.25</latitude><longitude>-97.75</longitude><additionalInfo>phone</additionalInfo>"),
        element("nonInternetIncident",
            "<locationName>Park</locationName><incidentAddress><city>Ulm</city><country>DE</country></incidentAddress><additionalInfo>park</additionalInfo>"),
        element("peer2peerIncident", "<client>Emule</client>" + ip + "<fileNames>a.jpg</fileNames><additionalInfo>p2p</additionalInfo>")})
    all += element("internetDetails", each) + '\n';
  return all;
}

}  // namespace

std::string report_with(std::string_view in_summary, std::string_view behind_reporter) {
  return document("report", "<incidentSummary><incidentType>Child Sex Tourism</incidentType>" + std::string(in_summary) +
                                "<incidentDateTime>2012-10-15T08:00:00-07:00</incidentDateTime></incidentSummary>" + std::string(reporter) +
                                    std::string(behind_reporter));
}

std::string minimal_report() { return report_with(""); }

std::string maximal_report() {
  const std::string who(person), told(account), after(fate), other(associated);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<report xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
         "xsi:noNamespaceSchemaLocation=\"https://report.cybertip.org/ispws/xsd\">\n<batchedReport reason=\"VIRAL_POTENTIAL_MEME\"/>\n" +
         element("incidentSummary",
                 "<incidentType>Online Enticement of Children for Sexual Acts</incidentType><platform>Example Chat</platform>"
                 "<escalateToHighPriority>meets the child on Friday</escalateToHighPriority><reportAnnotations><spam>true</spam><sextortion>true</sextortion>"
                 "<csamSolicitation>1</csamSolicitation><minorToMinorInteraction>true</minorToMinorInteraction>"
                 "<sadisticOnlineExploitation>true</sadisticOnlineExploitation>"
                 "</reportAnnotations><incidentDateTime>2024-03-05T14:00:00.250-05:00</incidentDateTime>"
                 "<incidentDateTimeDescription>about noon</incidentDateTimeDescription>") +
         '\n' + details_of_incident() +
         element("lawEnforcement", "<agencyName>Austin PD</agencyName><caseNumber>24-17</caseNumber>" + element("officerContact", contact) +
                                       "<reportedToLe>true</reportedToLe><servedLegalProcessDomestic>true</servedLegalProcessDomestic>"
                                       "<servedLegalProcessInternational fleaCountry=\"FR\">false</servedLegalProcessInternational>") +
         '\n' +
         element("reporter", element("reportingPerson", "<firstName>Rita</firstName><lastName>Reporter</lastName><email>rita@example.com</email>") +
             element("contactPerson", contact) +
                                 "<companyTemplate>We report.</companyTemplate><termsOfService>None.</termsOfService><legalURL>https://chat.example/legal</legalURL>") +
         '\n' +
         element("personOrUserReported", element("personOrUserReportedPerson", who) + "<vehicleDescription>blue van</vehicleDescription>" + told +
                                             "<thirdPartyUserReported>false</thirdPartyUserReported><priorCTReports>7001</priorCTReports><priorCTReports>7002</priorCTReports>"
                                             "<groupIdentifier>g-1</groupIdentifier>" + after + other + "<additionalInfo>about Ned</additionalInfo>") +
         '\n' +
         element("intendedRecipient", element("intendedRecipientPerson", "<firstName>Ira</firstName>") + told +
             "<priorCTReports>7001</priorCTReports><groupIdentifier>g-1</groupIdentifier>" +
                                          after + "<additionalInfo>one</additionalInfo><additionalInfo>two</additionalInfo>") +
         '\n' +
         element("victim", element("victimPerson", "<firstName>Vic</firstName><age>11</age>") + told +
             "<schoolName>Elm School</schoolName><priorCTReports>7004</priorCTReports>" + after + other +
                               "<additionalInfo>about Vic</additionalInfo>") +
         '\n' + element("victim", element("victimPerson", "<firstName>Vera</firstName>")) + "\n<additionalInfo>the end</additionalInfo></report>\n";
}

std::string file_details(std::uint64_t report, std::string_view id, std::string_view more) {
  return document("fileDetails", element("reportId", std::to_string(report)) + element("fileId", id) + std::string(more));
}

std::string answer(int code, std::string_view text, std::string_view more) {
  return document("reportResponse", element("responseCode", std::to_string(code)) + element("responseDescription", text) + std::string(more));
}

std::string submitted(std::uint64_t report) { return answer(0, "Success", element("reportId", std::to_string(report))); }

std::string finished(std::uint64_t report, int code) {
  return document("reportDoneResponse", element("responseCode", std::to_string(code)) + element("reportId", std::to_string(report)) + "<files/>");
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("nothing to replace: " + std::string(what));
  return text.replace(at, what.size(), by);
}

ImportSecret importer_secret(std::uint8_t which) { return ImportSecret(Signer::from_seed("importer.example.org", std::array<std::uint8_t, 32>{which}).value()); }

Imported::Imported(const std::vector<std::string>& documents, const CybertipSettings& settings, std::uint8_t importer) {
  CybertipImport import(importer_secret(importer), settings);
  for (std::size_t i = 0; i < documents.size(); ++i) import.read(std::to_string(i), documents[i]);
  import.finish();
  lines = import.take_lines();
  problems = import.take_problems();
  left_out = import.left_out();
  for (const auto& line : lines) events.push_back(json::parse(line).as_object());
}

std::string Imported::types() const {
  std::string all;
  for (const auto& event : events) all += (all.empty() ? "" : " ") + std::string(event.at("type").as_string());
  return all;
}

const json::object& Imported::body(std::size_t i) const { return events.at(i).at("body").as_object(); }

std::string Imported::told() const {
  std::string all;
  for (const auto& [file, line, reason] : problems) all += file + ':' + std::to_string(line) + ": " + reason + '\n';
  return all;
}

std::vector<json::value> sealed(const json::object& event, std::string_view field) {
  std::vector<json::value> found;
  if (const auto* parts = event.if_contains("sealed"))
    for (const auto& part : parts->as_array())
      if (const auto* value = part.at("fields").as_object().if_contains(field)) found.push_back(*value);
  return found;
}

}  // namespace samples
